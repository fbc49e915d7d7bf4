use std::collections::BTreeSet;

use directory::{
    MIGRATIONS,
    domain::{Access, Account, AccountLink, BrowserSession, INSTALLATION, Newcomer, Person, Purpose},
    store,
};
use jiff::SignedDuration;
use platform::{
    Db, Moment,
    auth::{Role, Scope},
    on_each_database,
};
use uuid::Uuid;

use super::now;

fn newcomer(number: u128) -> Newcomer {
    Newcomer::read("Léo", "Faure", &format!("leo.{number}@example.org"), "en").unwrap()
}

fn account(number: u128) -> Account {
    let scope = Scope::Organisations(BTreeSet::from([Uuid::from_u128(0x0A), Uuid::from_u128(0x0B)]));
    let access = Access {
        role: Role::Coordinator,
        scope,
    };
    Account::new(Uuid::from_u128(number), &newcomer(number), access, now())
}

async fn insert(db: &Db, account: &Account) -> Result<(), platform::db::Error> {
    let mut tx = db.begin().await?;
    let draft = newcomer(account.id.as_u128()).person;
    let person = Person::new(account.id, INSTALLATION, &draft, None, now());
    store::save_people(&mut tx, &[person]).await?;
    store::insert_account(&mut tx, account).await?;
    tx.commit().await
}

async fn load(db: &Db, id: Uuid) -> Account {
    store::account(&mut db.read().await.unwrap(), id)
        .await
        .unwrap()
        .unwrap()
}

async fn save(db: &Db, account: &Account) -> bool {
    let mut tx = db.begin().await.unwrap();
    let saved = store::save_account(&mut tx, account).await.unwrap();
    tx.commit().await.unwrap();
    saved
}

fn later(minutes: i64) -> Moment {
    now().plus(SignedDuration::from_mins(minutes))
}

fn session(number: u128, account: Uuid) -> BrowserSession {
    BrowserSession {
        id: Uuid::from_u128(number),
        account,
        secret_hash: vec![u8::try_from(number).unwrap(); 32],
        device: "Firefox".to_owned(),
        created_at: now(),
        last_seen_at: later(i64::try_from(number).unwrap()),
    }
}

on_each_database! { MIGRATIONS,
    async fn an_account_is_read_back_whole_and_not_overwritten_when_it_moved_on(db: Db) {
        let first = account(1);
        insert(&db, &first).await.unwrap();
        assert_eq!(load(&db, first.id).await, first);
        let changed = first
            .clone()
            .with_access(1, Access::administrator(), true, later(1))
            .unwrap()
            .with_password("$argon2id$".to_owned(), later(2));
        let changed = Account { version: 2, ..changed };
        assert!(save(&db, &changed).await);
        assert_eq!(load(&db, first.id).await, changed);
        assert!(!save(&db, &changed).await, "the same version was saved twice");
        let mail = store::account_of_mail(&mut db.read().await.unwrap(), &first.mail).await.unwrap();
        assert_eq!(mail, Some(changed));
    }

    async fn an_address_has_one_account(db: Db) {
        insert(&db, &account(1)).await.unwrap();
        let twin = Account { mail: account(1).mail, ..account(2) };
        let refused = insert(&db, &twin).await.unwrap_err();
        assert!(refused.is_unique_violation());
        assert!(["accounts_mail", "accounts.mail"].contains(&refused.constraint().unwrap()));
    }

    async fn there_is_one_setup(db: Db) {
        let mut tx = db.begin().await.unwrap();
        assert!(!store::is_set_up(&mut tx).await.unwrap());
        store::set_up(&mut tx, now()).await.unwrap();
        let again = store::set_up(&mut tx, now()).await.unwrap_err();
        assert!(["setup_pkey", "setup.single"].contains(&again.constraint().unwrap()));
    }

    async fn a_closed_door_counts_nobody_until_it_opens(db: Db) {
        let mut tx = db.begin().await.unwrap();
        let fresh = now().minus(SignedDuration::from_hours(24));
        assert_eq!(store::knock(&mut tx, b"a", now(), fresh).await.unwrap(), Some(1));
        assert_eq!(store::knock(&mut tx, b"a", now(), fresh).await.unwrap(), Some(2));
        assert_eq!(store::knock(&mut tx, b"b", now(), fresh).await.unwrap(), Some(1));
        store::close_door(&mut tx, b"a", later(1)).await.unwrap();
        assert_eq!(store::knock(&mut tx, b"a", now(), fresh).await.unwrap(), None);
        assert_eq!(store::closed_to(&mut tx, b"a").await.unwrap(), Some(later(1)));
        assert_eq!(store::knock(&mut tx, b"a", later(1), fresh).await.unwrap(), Some(3));
        assert_eq!(store::knock(&mut tx, b"a", later(9), later(1)).await.unwrap(), Some(1), "old tries count");
        store::take_back_knock(&mut tx, b"a", later(9)).await.unwrap();
        assert_eq!(store::knock(&mut tx, b"a", later(9), fresh).await.unwrap(), Some(1));
    }

    async fn sessions_end_one_by_one_all_but_one_and_by_age(db: Db) {
        let owner = account(1);
        insert(&db, &owner).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        for number in 1..=4 {
            store::insert_session(&mut tx, &session(number, owner.id)).await.unwrap();
        }
        let found = store::session_of_secret(&mut tx, &[2; 32]).await.unwrap().unwrap();
        assert_eq!(found, session(2, owner.id));
        assert!(store::end_session(&mut tx, found.id).await.unwrap());
        assert!(!store::end_session(&mut tx, found.id).await.unwrap());
        assert!(!store::see_session(&mut tx, found.id, later(9)).await.unwrap());
        assert!(store::see_session(&mut tx, Uuid::from_u128(1), later(9)).await.unwrap());
        let listed: Vec<_> = store::sessions_of(&mut tx, owner.id).await.unwrap().into_iter().map(|one| one.id.as_u128()).collect();
        assert_eq!(listed, [1, 4, 3]);
        assert_eq!(store::forget_sign_ins(&mut tx, later(3), later(-1), now()).await.unwrap(), 1);
        assert_eq!(store::end_sessions(&mut tx, owner.id, Some(Uuid::from_u128(4))).await.unwrap(), 1);
        assert_eq!(store::sessions_of(&mut tx, owner.id).await.unwrap().len(), 1);
        assert_eq!(store::end_sessions(&mut tx, owner.id, None).await.unwrap(), 1);
    }

    async fn a_sign_in_is_noted_only_for_the_password_that_was_compared(db: Db) {
        let owner = Account { password: Some("old".to_owned()), ..account(1) };
        insert(&db, &owner).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        assert!(!store::note_sign_in(&mut tx, owner.id, Some("other"), None, now()).await.unwrap());
        assert!(store::note_sign_in(&mut tx, owner.id, Some("old"), Some("new"), now()).await.unwrap());
        assert!(!store::note_sign_in(&mut tx, owner.id, Some("old"), None, now()).await.unwrap());
        assert!(store::note_sign_in(&mut tx, owner.id, Some("new"), None, now()).await.unwrap());
    }

    async fn a_link_is_spent_once_and_expires(db: Db) {
        let owner = account(1);
        insert(&db, &owner).await.unwrap();
        let link = |number, minutes| AccountLink {
            id: Uuid::from_u128(number),
            account: owner.id,
            purpose: Purpose::Invitation,
            created_at: now(),
            expires_at: later(minutes),
        };
        let mut tx = db.begin().await.unwrap();
        for (number, minutes) in [(1, 10), (2, 5), (3, 10)] {
            store::insert_link(&mut tx, &link(number, minutes)).await.unwrap();
        }
        let id = Uuid::from_u128(1);
        let open = store::open_link(&mut tx, id, Purpose::Invitation, now()).await.unwrap();
        assert_eq!(open, Some(link(1, 10)));
        assert_eq!(store::open_link(&mut tx, id, Purpose::Reset, now()).await.unwrap(), None);
        assert_eq!(store::open_link(&mut tx, id, Purpose::Invitation, later(10)).await.unwrap(), None);
        assert!(!store::spend_link(&mut tx, id, later(10)).await.unwrap());
        assert!(store::spend_link(&mut tx, id, now()).await.unwrap());
        assert!(!store::spend_link(&mut tx, id, now()).await.unwrap());
        assert_eq!(store::expire_links(&mut tx, later(5)).await.unwrap(), [link(2, 5)]);
        let left = store::account(&mut tx, owner.id).await.unwrap().unwrap();
        assert_eq!(left.invitation_expires_at, Some(later(10)));
        assert_eq!(store::spend_links_of(&mut tx, owner.id, now()).await.unwrap(), [link(3, 10)]);
        assert!(store::spend_links_of(&mut tx, owner.id, now()).await.unwrap().is_empty());
    }
}
