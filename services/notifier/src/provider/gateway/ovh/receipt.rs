use crate::domain::Fate;

/// Reads `ptt` and, for a `ptt` without an entry, `description`: SMS.md 2. The fate and the code to keep.
pub(crate) fn read(ptt: &str, description: &str) -> (Fate, String) {
    let permanent = |address| Fate::FailedPermanent { address };
    let fate = match ptt {
        "4" => Fate::Delivered,
        "1" | "2" | "3" => Fate::Pending,
        "6" => Fate::Unknown,
        "8" | "21" | "24" | "25" | "26" | "39" => Fate::FailedTemporary,
        "28" | "29" => {
            tracing::error!(
                ptt,
                "the network refuses what we write: look at the texts and at the sender"
            );
            permanent(false)
        }
        "5" | "20" | "27" | "33" | "73" | "74" | "76" | "202" => permanent(false),
        "23" => permanent(true),
        _ => match description {
            "1" => Fate::Delivered,
            "0" | "4" | "8" => Fate::Pending,
            // Failed, but whether for good is not said: the more careful of the two.
            "2" | "16" => Fate::FailedTemporary,
            _ => Fate::Unrecognised,
        },
    };
    let digits =
        |text: &str| !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    let code = if digits(ptt) {
        format!("ptt {ptt}")
    } else {
        "ptt other".to_owned()
    };
    (fate, code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_followed_and_the_rest_is_read_from_the_description() {
        assert_eq!(read("4", ""), (Fate::Delivered, "ptt 4".to_owned()));
        assert_eq!(read("2", "").0, Fate::Pending);
        assert_eq!(read("6", "").0, Fate::Unknown);
        assert_eq!(read("25", "").0, Fate::FailedTemporary);
        assert_eq!(read("27", "").0, Fate::FailedPermanent { address: false });
        assert_eq!(read("29", "").0, Fate::FailedPermanent { address: false });
        assert_eq!(read("23", "").0, Fate::FailedPermanent { address: true });
        assert_eq!(read("999", "1").0, Fate::Delivered);
        assert_eq!(read("999", "8").0, Fate::Pending);
        assert_eq!(read("999", "16").0, Fate::FailedTemporary);
        assert_eq!(read("999", "77").0, Fate::Unrecognised);
        assert_eq!(read("+33601020304", "77").1, "ptt other");
    }
}
