/// An earlier attempt on the channel, as far as the next one has to know of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tried<'a> {
    /// Through whom.
    pub provider: &'a str,
    /// intent, accepted, refused_temporary, refused_permanent or unknown.
    pub state: &'a str,
}

/// Which of a channel's providers may have the next attempt, the best first. `tried` is in order.
///
/// Whoever may have the message already is asked again, nobody else: two providers cannot tell that they have the same.
/// Whoever refused it for good is out. Who was tried last comes last.
pub fn turn<'a>(providers: &[&'a str], tried: &[Tried<'_>]) -> Vec<&'a str> {
    let doubtful = tried.iter().rev().find(|one| one.state == "unknown");
    if let Some(doubtful) = doubtful
        && let Some(same) = providers.iter().find(|name| **name == doubtful.provider)
    {
        return vec![same];
    }
    let last = tried
        .last()
        .and_then(|last| providers.iter().position(|name| *name == last.provider));
    let first = last.map_or(0, |last| last + 1);
    let mut order = providers.to_vec();
    if !order.is_empty() {
        let first = first % order.len();
        order.rotate_left(first);
    }
    order.retain(|name| {
        !tried
            .iter()
            .any(|one| one.provider == *name && one.state == "refused_permanent")
    });
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&str; 3] = ["kannel", "ovh", "brevo"];

    fn after(tried: &[(&str, &str)]) -> Vec<&'static str> {
        let tried: Vec<_> = tried
            .iter()
            .map(|(provider, state)| Tried { provider, state })
            .collect();
        turn(&ALL, &tried)
    }

    #[test]
    fn the_next_one_takes_over_and_the_last_comes_last() {
        assert_eq!(after(&[]), ALL);
        assert_eq!(
            after(&[("kannel", "refused_temporary")]),
            ["ovh", "brevo", "kannel"]
        );
        assert_eq!(
            after(&[("kannel", "refused_temporary"), ("ovh", "refused_permanent")]),
            ["brevo", "kannel"]
        );
        assert_eq!(after(&[("brevo", "refused_temporary")]), ALL);
        assert_eq!(after(&[("gone", "refused_temporary")]), ALL);
    }

    #[test]
    fn whoever_may_have_it_already_is_the_only_one_that_is_asked() {
        assert_eq!(after(&[("ovh", "unknown")]), ["ovh"]);
        assert_eq!(
            after(&[("kannel", "refused_temporary"), ("ovh", "unknown")]),
            ["ovh"]
        );
        // A gateway that is no longer set cannot be asked.
        assert_eq!(after(&[("gone", "unknown")]), ALL);
        assert!(turn(&[], &[]).is_empty());
    }
}
