use std::collections::BTreeMap;

use contracts::{
    common::v1::{Fact, FactItem, FactList, Milestone, MilestoneState, Party, fact::Value},
    scheduler::v1::{DueDelivery, ReleasedItem},
};
use platform::testing::moment;
use uuid::Uuid;

/// What the scheduler grants: the person's part in a session, at a revision.
pub(crate) fn item(due: &DueDelivery, revision: i64) -> ReleasedItem {
    let text = |text: &str| Fact {
        value: Some(Value::Text(text.to_owned())),
    };
    let meeting = |starts: &str, table: &str| FactItem {
        fields: BTreeMap::from([
            ("starts".to_owned(), format!("2026-11-25T{starts}:00")),
            ("ends".to_owned(), "2026-11-25T16:30:00".to_owned()),
            ("table".to_owned(), table.to_owned()),
            ("with".to_owned(), format!("organisation/{}", Uuid::from_u128(99))),
        ]),
    };
    let list = FactList {
        items: vec![meeting("14:00", "12"), meeting("14:15", "3")],
    };
    let (starts, ends) = (
        moment("2026-11-25T13:00:00Z").parts(),
        moment("2026-11-25T15:30:00Z").parts(),
    );
    ReleasedItem {
        reminder_id: Uuid::from_u128(5).to_string(),
        role: "candidate".to_owned(),
        occasion: "before".to_owned(),
        previous_starts_local: String::new(),
        milestone: Some(Milestone {
            subject: due.subject.clone(),
            kind: "speed_dating".to_owned(),
            revision,
            time_zone: "Europe/Paris".to_owned(),
            starts_local: "2026-11-25T14:00:00".to_owned(),
            ends_local: "2026-11-25T16:30:00".to_owned(),
            starts_at: Some(prost_types::Timestamp {
                seconds: starts.0,
                nanos: starts.1,
            }),
            ends_at: Some(prost_types::Timestamp {
                seconds: ends.0,
                nanos: ends.1,
            }),
            parties: vec![Party {
                role: "candidate".to_owned(),
                person_id: due.recipient_person_id.clone(),
                organisation_id: String::new(),
            }],
            facts: BTreeMap::from([
                ("session_kind".to_owned(), text("employer_candidate")),
                ("session_date".to_owned(), text("2026-11-25")),
                ("venue_name".to_owned(), text("Maison des associations")),
                ("venue_address".to_owned(), text("4 rue Exemple Lyon 8")),
                ("arrival".to_owned(), text("13:45")),
                (
                    "meetings_count".to_owned(),
                    Fact {
                        value: Some(Value::Number(2)),
                    },
                ),
                (
                    "meetings".to_owned(),
                    Fact {
                        value: Some(Value::List(list)),
                    },
                ),
            ]),
            state: MilestoneState::Planned.into(),
            cleared_reason: String::new(),
            organisation_id: Uuid::from_u128(1).to_string(),
            group: due.group.clone(),
        }),
    }
}
