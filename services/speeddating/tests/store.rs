//! What the actions rely on of the database, on each database: above all that it refuses a double booking by itself.

#[cfg(test)]
mod store {
    use jiff::{
        Timestamp,
        civil::{date, time},
    };
    use platform::{Db, db, on_each_database};
    use speeddating::{
        MIGRATIONS,
        domain::{
            Kind, Meeting, MeetingState, Opinion, Pair, Placed, Plan, Quality, Registration, Seen, Session,
            Side, Standing, State, Timetable, Venue, Weights, Wish,
        },
        import::{Decision, Problem, Table},
        store,
    };
    use uuid::Uuid;

    const SESSION: Uuid = Uuid::from_u128(1);
    const TIMETABLE: Uuid = Uuid::from_u128(2);

    fn session() -> Session {
        Session {
            id: SESSION,
            version: 1,
            organisation_id: Uuid::from_u128(3),
            kind: Kind::B2b,
            state: State::ScheduleDraft,
            plan: Plan {
                title: "L'été à Lyon".to_owned(),
                date: date(2026, 11, 25),
                starts: time(9, 0, 0, 0),
                ends: time(12, 0, 0, 0),
                time_zone: "Europe/Paris".to_owned(),
                slot_minutes: 15,
                breaks: vec![speeddating::domain::Break {
                    from: time(10, 0, 0, 0),
                    to: time(10, 15, 0, 0),
                }],
                venue: Venue {
                    name: "Salle".to_owned(),
                    ..Venue::default()
                },
                weights: Weights::default(),
                arrival_minutes: 10,
                coordinator_person_id: Some(Uuid::from_u128(4)),
            },
            published_timetable: 0,
            cancelled_reason: String::new(),
            inputs: 5,
            created_at: "2026-11-09T09:00:00Z".parse::<Timestamp>().unwrap(),
        }
    }

    fn person(side: Side, number: u128) -> Registration {
        Registration {
            id: Uuid::from_u128(number),
            version: 1,
            session_id: SESSION,
            side,
            code: format!("X{number}"),
            person_id: Uuid::from_u128(number + 1_000),
            organisation_id: (side == Side::Employer).then(|| Uuid::from_u128(number + 2_000)),
            standing: Standing::Registered,
            ended_by: None,
            arrives: Some(time(9, 30, 0, 0)),
            leaves: None,
            meetings_max: number.is_multiple_of(2).then_some(3),
            parallel: 2,
            position: "Agent·e \"d'accueil\" \\ œuvre".to_owned(),
            referent: String::new(),
        }
    }

    fn meeting(number: u128, candidate: u128, employer: u128, place: (i64, i64, i64)) -> Meeting {
        Meeting {
            id: Uuid::from_u128(number),
            version: 1,
            pair: Pair {
                candidate: Uuid::from_u128(candidate),
                employer: Uuid::from_u128(employer),
            },
            place: Placed {
                slot: place.0,
                table: place.1,
                seat: place.2,
            },
            state: MeetingState::Planned,
            outcome: String::new(),
        }
    }

    /// Candidates 100 to 103, employers 200 and 201, and a timetable with these meetings.
    async fn with(db: &Db, meetings: Vec<Meeting>) {
        let mut tx = db.begin().await.unwrap();
        store::sessions::insert(&mut tx, &session()).await.unwrap();
        let people: Vec<_> = (100..104)
            .map(|number| person(Side::Candidate, number))
            .chain((200..202).map(|number| person(Side::Employer, number)))
            .collect();
        store::registrations::insert(&mut tx, &people).await.unwrap();
        let timetable = Timetable {
            id: TIMETABLE,
            session_id: SESSION,
            number: 1,
            version: 1,
            seed: -3,
            inputs: 5,
            quality: Quality {
                wishes_met: vec![1, 2],
                ..Quality::default()
            },
            created_at: session().created_at,
            meetings,
        };
        store::timetables::insert(&mut tx, &timetable).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn insert(db: &Db, meeting: Meeting) -> Result<(), db::Error> {
        let mut tx = db.begin().await?;
        store::meetings::insert(&mut tx, TIMETABLE, &[meeting]).await?;
        tx.commit().await
    }

    async fn change(db: &Db, meetings: &[Meeting]) -> Result<bool, db::Error> {
        let mut tx = db.begin().await?;
        let all = store::meetings::update(&mut tx, meetings).await?;
        tx.commit().await?;
        Ok(all)
    }

    on_each_database! { MIGRATIONS,
        async fn the_database_refuses_every_double_booking_by_itself(db: Db) {
            with(&db, vec![meeting(10, 100, 200, (0, 1, 1))]).await;
            for (double, index) in [
                (meeting(11, 100, 201, (0, 2, 1)), "candidate"),
                (meeting(11, 101, 201, (0, 1, 1)), "table"),
                (meeting(11, 101, 200, (0, 2, 1)), "employer"),
                (meeting(11, 100, 200, (1, 1, 1)), "candidate"),
            ] {
                let error = insert(&db, double).await.unwrap_err();
                assert!(error.is_unique_violation(), "{error}");
                let named = error.constraint().unwrap_or_default().to_owned();
                let recruiter = named.contains("recruiter") && index == "employer";
                assert!(named.contains(index) || recruiter || named.contains("pair"), "{named}");
            }
            insert(&db, meeting(12, 101, 200, (0, 2, 2))).await.unwrap();
        }

        async fn the_database_refuses_a_second_code_for_one_candidate_by_itself(db: Db) {
            with(&db, Vec::new()).await;
            let second = |side, standing| Registration {
                person_id: person(Side::Candidate, 100).person_id,
                standing,
                ..person(side, 300)
            };
            for (side, standing, refused) in [
                (Side::Candidate, Standing::Registered, true),
                (Side::Candidate, Standing::Confirmed, true),
                (Side::Candidate, Standing::Withdrawn, false),
                (Side::Employer, Standing::Registered, false),
            ] {
                let mut tx = db.begin().await.unwrap();
                let written = store::registrations::insert(&mut tx, &[second(side, standing)]).await;
                assert_eq!(written.is_err_and(|error| error.is_unique_violation()), refused, "{side:?} {standing:?}");
            }
        }

        async fn a_decision_on_an_import_stands_until_it_is_changed_or_forgotten(db: Db) {
            let decision = |code: &str| Decision {
                seen: vec![Seen {
                    employer: false,
                    code: code.to_owned(),
                    person_id: Uuid::from_u128(7),
                    withdrawn: true,
                }],
                left: vec![Problem {
                    table: Table::Candidates,
                    line: 3,
                    column: "mobile".to_owned(),
                    value: String::new(),
                    message: platform::said::Said::new("l'été", "the summer"),
                    cure: platform::said::Said::nothing(),
                    notice: false,
                    key: code.to_owned(),
                }],
            };
            let now = platform::testing::moment("2026-11-09T09:00:00Z");
            let id = Uuid::from_u128(9);
            let mut tx = db.begin().await.unwrap();
            store::imports::insert(&mut tx, id, &[1], &decision("C1"), now).await.unwrap();
            store::imports::insert(&mut tx, id, &[2], &decision("C2"), now).await.unwrap();
            assert_eq!(store::imports::find(&mut tx, id).await.unwrap(), Some((vec![1], decision("C1"))));
            store::imports::change(&mut tx, id, &decision("C3")).await.unwrap();
            store::imports::purge(&mut tx, now).await.unwrap();
            assert_eq!(store::imports::find(&mut tx, id).await.unwrap(), Some((vec![1], decision("C3"))));
            store::imports::purge(&mut tx, now.plus(jiff::SignedDuration::from_secs(1))).await.unwrap();
            assert_eq!(store::imports::find(&mut tx, id).await.unwrap(), None);
            store::imports::insert(&mut tx, id, &[1], &decision("C1"), now).await.unwrap();
            store::imports::forget(&mut tx, id).await.unwrap();
            assert_eq!(store::imports::find(&mut tx, id).await.unwrap(), None);
        }

        async fn a_cancelled_meeting_leaves_its_places_to_others(db: Db) {
            with(&db, vec![meeting(10, 100, 200, (0, 1, 1))]).await;
            let mut cancelled = meeting(10, 100, 200, (0, 1, 1));
            cancelled.version = 2;
            cancelled.state = MeetingState::Cancelled;
            assert!(change(&db, &[cancelled.clone()]).await.unwrap());
            insert(&db, meeting(11, 100, 200, (0, 1, 1))).await.unwrap();
            cancelled.version = 3;
            cancelled.state = MeetingState::Planned;
            assert!(change(&db, &[cancelled]).await.unwrap_err().is_unique_violation(), "it came back on top of another");
        }

        async fn two_meetings_exchange_their_places_in_one_update(db: Db) {
            with(&db, vec![meeting(10, 100, 200, (0, 1, 1)), meeting(11, 100, 201, (1, 2, 1))]).await;
            let mut one = meeting(10, 100, 200, (1, 1, 1));
            let mut two = meeting(11, 100, 201, (0, 2, 1));
            (one.version, two.version) = (2, 2);
            assert!(change(&db, &[one.clone(), two.clone()]).await.unwrap());
            let mut tx = db.read().await.unwrap();
            assert_eq!(store::meetings::all(&mut tx, TIMETABLE).await.unwrap(), [two, one]);
        }

        async fn a_stale_version_changes_no_row(db: Db) {
            with(&db, vec![meeting(10, 100, 200, (0, 1, 1))]).await;
            assert!(!change(&db, &[meeting(10, 100, 200, (5, 1, 1))]).await.unwrap());
            let mut tx = db.begin().await.unwrap();
            let mut stale = person(Side::Candidate, 100);
            stale.version = 3;
            assert!(!store::registrations::update(&mut tx, &[stale]).await.unwrap());
            let mut stale = session();
            stale.version = 3;
            assert!(!store::sessions::save(&mut tx, &stale).await.unwrap());
        }

        async fn what_is_written_is_read_back(db: Db) {
            with(&db, vec![meeting(10, 100, 200, (0, 1, 1))]).await;
            let mut tx = db.begin().await.unwrap();
            assert_eq!(store::sessions::find(&mut tx, SESSION).await.unwrap(), Some(session()));
            assert_eq!(store::sessions::hold(&mut tx, SESSION).await.unwrap(), Some(session()));
            let people = store::registrations::all(&mut tx, SESSION).await.unwrap();
            assert_eq!(people.len(), 6);
            assert_eq!(people[0], person(Side::Candidate, 100));
            assert_eq!(people[5], person(Side::Employer, 201));
            let timetable = store::timetables::find(&mut tx, SESSION, 1).await.unwrap().unwrap();
            assert_eq!((timetable.seed, timetable.quality.wishes_met), (-3, vec![1, 2]));
            assert_eq!(timetable.meetings, [meeting(10, 100, 200, (0, 1, 1))]);
            let pair = |candidate, employer| Pair { candidate: Uuid::from_u128(candidate), employer: Uuid::from_u128(employer) };
            let wish = Wish {
                pair: pair(100, 200), rank: 2, opinion: Some(Opinion::Priority), recommended: true, must: false, must_not: false,
            };
            let other = Wish { pair: pair(101, 200), opinion: None, must: true, ..wish };
            store::wishes::write(&mut tx, SESSION, &[wish, other]).await.unwrap();
            let again = Wish { rank: 1, recommended: false, ..wish };
            store::wishes::write(&mut tx, SESSION, &[again]).await.unwrap();
            assert_eq!(store::wishes::all(&mut tx, SESSION).await.unwrap(), [again, other]);
            assert_eq!(store::wishes::list(&mut tx, SESSION, Some(again.pair), 10).await.unwrap(), [other]);
            store::wishes::remove(&mut tx, &[again.pair]).await.unwrap();
            assert_eq!(store::wishes::all(&mut tx, SESSION).await.unwrap(), [other]);
            let counts = store::sessions::counts(&mut tx, SESSION).await.unwrap();
            assert_eq!((counts.employers, counts.candidates, counts.wishes), (2, 4, 1));
        }

        async fn the_wishes_that_forbid_a_pair_are_those_of_the_domain(db: Db) {
            with(&db, Vec::new()).await;
            let mut tx = db.begin().await.unwrap();
            let pair = |candidate, employer| Pair { candidate: Uuid::from_u128(candidate), employer: Uuid::from_u128(employer) };
            let wish = Wish {
                pair: pair(100, 200), rank: 1, opinion: None, recommended: false, must: false, must_not: false,
            };
            let all = [
                wish,
                Wish { pair: pair(100, 201), opinion: Some(Opinion::No), ..wish },
                Wish { pair: pair(101, 200), must_not: true, ..wish },
                Wish { pair: pair(101, 201), opinion: Some(Opinion::Yes), must: true, ..wish },
            ];
            store::wishes::write(&mut tx, SESSION, &all).await.unwrap();
            let forbidding: Vec<Wish> = all.into_iter().filter(Wish::forbidden).collect();
            assert_eq!(forbidding.len(), 2);
            assert_eq!(store::wishes::forbidding(&mut tx, SESSION).await.unwrap(), forbidding);
        }
    }

    /// Tables, columns and whether they may be null.
    type Shape = Vec<(String, String, bool)>;

    /// Not the platform's tables, nor the migrators'.
    fn ours(table: &str) -> bool {
        !table.contains("migrations") && !["outbox", "inbox", "dead_letters", "requests"].contains(&table)
    }

    #[tokio::test]
    async fn the_two_schemas_agree() {
        let folder = platform::testing::folder();
        let sqlite = platform::testing::sqlite(&folder, &MIGRATIONS).await;
        let Some(postgres) = platform::testing::postgres(&MIGRATIONS).await else {
            return;
        };
        let mut tx = sqlite.read().await.unwrap();
        let rows: Vec<(String, String, i64)> = tx
            .query(
                "SELECT m.name, c.name, CAST(c.\"notnull\" = 0 AS INTEGER) FROM sqlite_master m, pragma_table_info(m.name) c
                 WHERE m.type = 'table' AND m.name NOT LIKE '%sqlx%' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1, 2",
            )
            .fetch_all()
            .await
            .unwrap();
        let of_sqlite: Shape = rows
            .into_iter()
            .map(|(table, column, null)| (table, column, null == 1))
            .collect();
        let mut tx = postgres.read().await.unwrap();
        let mut of_postgres: Shape = tx
            .query(
                "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), is_nullable = 'YES'
                 FROM information_schema.columns
                 WHERE table_schema = current_schema() AND table_name NOT LIKE '%sqlx%'",
            )
            .fetch_all()
            .await
            .unwrap();
        of_postgres.sort();
        of_postgres.retain(|(table, _, _)| ours(table));
        let mut of_sqlite: Shape = of_sqlite
            .into_iter()
            .filter(|(table, _, _)| ours(table))
            .collect();
        of_sqlite.sort();
        let differ: Vec<_> = of_sqlite
            .iter()
            .filter(|column| !of_postgres.contains(column))
            .chain(of_postgres.iter().filter(|column| !of_sqlite.contains(column)))
            .collect();
        assert!(differ.is_empty(), "{differ:?}");
        assert!(of_sqlite.iter().any(|(table, _, _)| table == "meetings"));
    }
}
