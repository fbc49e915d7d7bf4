use super::*;

fn applied(offset: &str, zone: &str, reference: &str) -> String {
    let zone = TimeZone::get(zone).unwrap();
    let offset: Offset = offset.parse().unwrap();
    let at = offset
        .apply(&BusinessCalendar::default(), &zone, reference.parse().unwrap())
        .unwrap();
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M %:z").to_string()
}

#[test]
fn elapsed_and_calendar_are_different_rules_over_a_clock_change() {
    // Spring: Sunday 29 March 2026 has 23 hours in Paris.
    assert_eq!(
        applied("-48h", "Europe/Paris", "2026-03-30T09:00"),
        "2026-03-28 08:00 +01:00"
    );
    assert_eq!(
        applied("-P2D", "Europe/Paris", "2026-03-30T09:00"),
        "2026-03-28 09:00 +01:00"
    );
    // Autumn: Sunday 25 October 2026 has 25.
    assert_eq!(
        applied("-48h", "Europe/Paris", "2026-10-26T09:00"),
        "2026-10-24 10:00 +02:00"
    );
    assert_eq!(
        applied("-P2D", "Europe/Paris", "2026-10-26T09:00"),
        "2026-10-24 09:00 +02:00"
    );
}

#[test]
fn a_wall_clock_in_a_gap_goes_forward_by_the_gap_and_in_an_overlap_is_the_first() {
    assert_eq!(
        applied("-P7D", "Europe/Paris", "2026-04-05T02:30"),
        "2026-03-29 03:30 +02:00"
    );
    assert_eq!(
        applied("-P7D", "Europe/Paris", "2026-11-01T02:30"),
        "2026-10-25 02:30 +02:00"
    );
    // Lord Howe changes by half an hour: 2026-10-04 02:00 becomes 02:30; 2026-04-05 02:00 goes back to 01:30.
    assert_eq!(
        applied("-P1D", "Australia/Lord_Howe", "2026-10-05T02:15"),
        "2026-10-04 02:45 +11:00"
    );
    assert_eq!(
        applied("-P1D", "Australia/Lord_Howe", "2026-04-06T01:45"),
        "2026-04-05 01:45 +11:00"
    );
    // São Paulo changed at midnight until 2019: the day of 2018-11-04 began at 01:00.
    assert_eq!(
        applied("-P1D", "America/Sao_Paulo", "2018-11-05T00:30"),
        "2018-11-04 01:30 -02:00"
    );
    // Casablanca goes back for Ramadan: 2026-02-15 03:00 → 02:00, and forward again on 2026-03-22.
    assert_eq!(
        applied("-P1D", "Africa/Casablanca", "2026-02-16T02:30"),
        "2026-02-15 02:30 +01:00"
    );
    assert_eq!(
        applied("-P1D", "Africa/Casablanca", "2026-03-23T02:30"),
        "2026-03-22 03:30 +01:00"
    );
    // Samoa skipped the whole of 2011-12-30.
    assert_eq!(
        applied("-P1D", "Pacific/Apia", "2011-12-31T10:00"),
        "2011-12-31 10:00 +14:00"
    );
}

#[test]
fn the_day_before_at_a_time_and_business_days_at_a_time() {
    assert_eq!(
        applied("-1d 17:00", "Europe/Paris", "2026-11-25T14:00"),
        "2026-11-24 17:00 +01:00"
    );
    assert_eq!(
        applied("-0d 08:30", "Europe/Paris", "2026-11-25T14:00"),
        "2026-11-25 08:30 +01:00"
    );
    // Monday: the business day before is Friday; after All Saints' (Sunday) nothing changes, after 11 November it does.
    assert_eq!(
        applied("-1bd 17:00", "Europe/Paris", "2026-11-30T09:00"),
        "2026-11-27 17:00 +01:00"
    );
    assert_eq!(
        applied("-1bd 17:00", "Europe/Paris", "2026-11-12T09:00"),
        "2026-11-10 17:00 +01:00"
    );
    assert_eq!(
        applied("+1bd 09:00", "Europe/Paris", "2026-11-27T12:15"),
        "2026-11-30 09:00 +01:00"
    );
    // Without a clock the wall clock of the reference stays, over a clock change too.
    assert_eq!(
        applied("-10bd", "Europe/Paris", "2026-04-08T09:00"),
        "2026-03-24 09:00 +01:00"
    );
    assert_eq!(
        applied("+7d", "Europe/Paris", "2026-10-20T18:00"),
        "2026-10-27 18:00 +01:00"
    );
    assert_eq!(
        applied("-P2W", "Europe/Paris", "2026-11-25T09:00"),
        "2026-11-11 09:00 +01:00"
    );
}

#[test]
fn what_is_no_offset_is_refused_with_what_to_write() {
    for wrong in [
        "",
        "48h",
        "-48",
        "-h",
        "-P7DT1H",
        "-1x",
        "- 48h",
        "-1bd 17:00 x",
        "-48h 17:00",
        "-P-7D",
        "+é",
    ] {
        let error = wrong.parse::<Offset>().unwrap_err();
        assert!(matches!(error, OffsetError::Form(_)), "{wrong}: {error:?}");
        assert!(error.to_string().contains("-1bd 17:00"));
    }
    for wrong in ["-1bd 25:00", "-1d 7:00", "-1d 17h"] {
        assert!(
            matches!(wrong.parse::<Offset>(), Err(OffsetError::Clock(_))),
            "{wrong}"
        );
    }
    for wrong in ["-P2Y", "-401d", "-9601h", "-P14M", "-2000000000min"] {
        assert!(
            matches!(wrong.parse::<Offset>(), Err(OffsetError::TooFar(_))),
            "{wrong}"
        );
    }
}

#[test]
fn an_offset_reads_as_french() {
    for (text, reading) in [
        ("-48h", "48 heures avant"),
        ("-1h", "une heure avant"),
        ("+90min", "90 minutes après"),
        ("-P7D", "sept jours avant"),
        ("-1d 17:00", "la veille à 17 h"),
        ("-0d 08:30", "le jour même à 8 h 30"),
        ("-2bd 17:00", "deux jours ouvrés avant à 17 h"),
        ("+1bd 09:00", "un jour ouvré après à 9 h"),
        ("+30d", "30 jours après"),
        ("-P1M", "un mois avant"),
    ] {
        assert_eq!(text.parse::<Offset>().unwrap().reading(), reading);
        assert_eq!(text.parse::<Offset>().unwrap().to_string(), text);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_fall_and_what_it_takes_it_prints(text in "[-+]?(\\PC{0,8}|P?[0-9]{0,6}[a-zA-Z]{0,3}( [0-9:]{0,6})?)") {
        if let Ok(offset) = text.parse::<Offset>() {
            proptest::prop_assert_eq!(offset.to_string().parse::<Offset>(), Ok(offset.clone()));
            proptest::prop_assert!(!offset.reading().is_empty());
            let zone = TimeZone::get("Europe/Paris").unwrap();
            let reference = "2026-11-25T09:00".parse().unwrap();
            let at = offset.apply(&BusinessCalendar::default(), &zone, reference).unwrap();
            let start = instant(&zone, reference).unwrap();
            // A clock may lie after the start's own on the same day; whole days apart the sign is kept.
            let days = at.duration_since(start).as_hours() / 24;
            let right = if offset.is_before() { days <= 0 } else { days >= 0 };
            proptest::prop_assert!(right, "{} gives {}", offset, at);
        }
    }
}
