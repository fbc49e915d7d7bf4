//! What the actions rely on of the database, on each database.

#[cfg(test)]
mod store {
    mod accounts;

    use directory::{
        MIGRATIONS,
        domain::{Drafts, OrganisationRow, Person, PersonRow, Plan},
        store,
    };
    use platform::{Db, Moment, on_each_database, testing};
    use uuid::Uuid;

    const OWNER: Uuid = Uuid::from_u128(0x0A);

    fn person(number: u128) -> Person {
        let row = PersonRow {
            key: "A".to_owned(),
            given_name: "Amina".to_owned(),
            family_name: format!("Diallo {number}"),
            mail: format!("amina.{number}@example.org"),
            phone: "06 39 98 01 01".to_owned(),
            access_needs: "boucle magnétique".to_owned(),
            ..PersonRow::default()
        };
        let drafts = Drafts::read(&[row], &[]).unwrap();
        Person::new(Uuid::from_u128(number), OWNER, &drafts.people[0], None, now())
    }

    fn now() -> Moment {
        testing::moment("2026-11-09T09:00:00.5Z")
    }

    async fn save(db: &Db, people: &[Person]) -> bool {
        let mut tx = db.begin().await.unwrap();
        let all = store::save_people(&mut tx, people).await.unwrap();
        tx.commit().await.unwrap();
        all
    }

    async fn load(db: &Db, id: u128) -> Person {
        let mut tx = db.read().await.unwrap();
        store::people(&mut tx, &[Uuid::from_u128(id)])
            .await
            .unwrap()
            .remove(0)
    }

    on_each_database! { MIGRATIONS,
        async fn what_is_saved_is_read_back_whole(db: Db) {
            let mut full = person(1);
            full.preference.sms_refused = true;
            full.preference.preferred = Some(directory::domain::Channel::Mail);
            assert!(save(&db, std::slice::from_ref(&full)).await);
            assert_eq!(load(&db, 1).await, full);
            let tomb = full.erase(1, now()).unwrap();
            assert!(save(&db, std::slice::from_ref(&tomb)).await);
            assert_eq!(load(&db, 1).await, tomb);
        }

        async fn a_row_that_moved_on_is_not_overwritten(db: Db) {
            let first = person(1);
            assert!(save(&db, &[first.clone(), person(2)]).await);
            let second = Person { version: 2, given_name: "Awa".to_owned(), ..first.clone() };
            assert!(save(&db, std::slice::from_ref(&second)).await);
            let stale = Person { version: 2, given_name: "Ada".to_owned(), ..first };
            assert!(!save(&db, &[stale, Person { version: 2, ..person(2) }]).await);
            assert_eq!(load(&db, 1).await, second);
        }

        async fn an_erased_row_is_never_written_again(db: Db) {
            let known = person(1);
            save(&db, std::slice::from_ref(&known)).await;
            save(&db, &[known.clone().erase(1, now()).unwrap()]).await;
            assert!(!save(&db, &[Person { version: 3, ..known }]).await);
            assert!(load(&db, 1).await.erased_at.is_some());
        }

        async fn the_same_mail_and_name_cannot_stand_twice_for_one_owner(db: Db) {
            save(&db, &[person(1)]).await;
            let twin = Person { id: Uuid::from_u128(2), ..person(1) };
            let mut tx = db.begin().await.unwrap();
            let refused = store::save_people(&mut tx, std::slice::from_ref(&twin)).await.unwrap_err();
            assert!(refused.is_unique_violation());
            drop(tx);
            let elsewhere = Person { owner: Uuid::from_u128(0x0B), ..twin };
            assert!(save(&db, &[elsewhere]).await);
        }

        async fn a_siret_stands_once_for_one_owner(db: Db) {
            let row = |name: &str| OrganisationRow {
                key: "E".to_owned(),
                name: name.to_owned(),
                siret: "73282932000074".to_owned(),
                ..OrganisationRow::default()
            };
            let mut id = 0;
            let mut plan = |name: &str| {
                let drafts = Drafts::read(&[], &[row(name)]).unwrap();
                let ids = || { id += 1; Uuid::from_u128(id) };
                Plan::of(&drafts, directory::domain::Known::default(), OWNER, now(), ids).unwrap().save.organisations
            };
            let (one, other) = (plan("Clair"), plan("Net"));
            let mut tx = db.begin().await.unwrap();
            assert!(store::save_organisations(&mut tx, &one).await.unwrap());
            assert_eq!(store::organisations(&mut tx, &[one[0].id]).await.unwrap(), one);
            assert!(store::save_organisations(&mut tx, &other).await.unwrap_err().is_unique_violation());
        }
    }

    /// Table, column and whether it may be empty.
    type Column = (String, String, bool);

    #[tokio::test]
    async fn the_two_schemas_agree() {
        let folder = testing::folder();
        let sqlite: Vec<Column> = testing::sqlite(&folder, &MIGRATIONS)
            .await
            .read()
            .await
            .unwrap()
            .query(
                "SELECT t.name, c.name, c.\"notnull\" OR c.pk > 0 FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
                 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '_sqlx%'
                    AND t.name NOT LIKE '_platform%' ORDER BY t.name, c.cid",
            )
            .fetch_all()
            .await
            .unwrap();
        assert!(
            sqlite
                .iter()
                .any(|(table, column, _)| (table.as_str(), column.as_str()) == ("people", "mail"))
        );
        let Some(db) = testing::postgres(&MIGRATIONS).await else {
            return;
        };
        let postgres: Vec<Column> = db
            .read()
            .await
            .unwrap()
            .query(
                "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), is_nullable = 'NO'
                 FROM information_schema.columns WHERE table_schema = current_schema()
                    AND table_name NOT LIKE '\\_sqlx%' AND table_name NOT LIKE '\\_platform%'
                 ORDER BY table_name COLLATE \"C\", ordinal_position",
            )
            .fetch_all()
            .await
            .unwrap();
        assert_eq!(sqlite, postgres);
    }
}
