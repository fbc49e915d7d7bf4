//! Forms with rows show all that the service holds, so that saving drops nothing.

use contracts::speeddating::v1::{Break, PartnerPerson, Registration, RegistrationState, Room, Weights};
use http::{StatusCode, header};

use crate::{
    client::{Browser, changed, fields, inside},
    world::{
        World,
        links::{PARTNER_CODE, PARTNER_LINK},
        sample,
    },
};

fn session(rest: &str) -> String {
    format!("/seances/{}{rest}", sample::session_id())
}

async fn partner(world: &World) -> Browser {
    let mut browser = Browser::outside(world);
    let answer = browser
        .post(&format!("/p/{PARTNER_LINK}"), &format!("code={PARTNER_CODE}"))
        .await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    browser.cookie = cookie.split(';').next().map(str::to_owned);
    browser
}

#[tokio::test]
async fn a_partner_who_changes_one_wish_keeps_the_others() {
    for (wishes, rows) in [(0, 5), (4, 7), (8, 10), (12, 12)] {
        let mut data = sample::published(14, 12);
        let chosen: Vec<String> = (1..=wishes).map(sample::employer).collect();
        data.behind.partner_people = vec![PartnerPerson {
            registration: Some(Registration {
                registration_id: sample::candidate(1),
                person_id: sample::person(1),
                state: RegistrationState::Registered.into(),
                ..Registration::default()
            }),
            wishes: chosen.clone(),
        }];
        let world = World::of(data);
        let browser = partner(&world).await;
        let edit = format!("/p/{PARTNER_LINK}/personnes/{}", sample::candidate(1));
        let page = browser.page(&edit).await;
        let shown = fields(&page, "name=\"voeu1\"");
        assert_eq!(shown.len(), rows, "{wishes}: {shown:?}");
        let last = sample::employer(14);
        let form = changed(&page, "name=\"voeu1\"", &[("voeu1", &last)]);
        let answer = browser.post(&edit, &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        world.change(|data| {
            let kept = &data.behind.partner_people[0].wishes;
            assert_eq!(kept[0], last);
            assert_eq!(kept.get(1..), chosen.get(1..).or(Some(&[])));
        });
    }
}

#[tokio::test]
async fn a_plan_with_many_rooms_and_pauses_keeps_them_all() {
    let mut data = sample::published(4, 12);
    let session_of = &mut data.sessions[0];
    let room = |number: i32| Room {
        name: format!("Salle {number}"),
        tables: number,
    };
    session_of.venue.as_mut().unwrap().rooms = (1..=50).map(room).collect();
    let pause = |number: i32| Break {
        from: format!("09:{number:02}"),
        to: format!("10:{number:02}"),
    };
    session_of.breaks = (1..=30).map(pause).collect();
    let (world, browser) = inside(data).await;
    let edit = session("/modifier");
    let page = browser.page(&edit).await;
    // What is full offers no row more.
    assert!(!page.contains("name=\"ajouter\" value=\"salle\"") && page.contains("value=\"pause\""));
    let form = changed(&page, "name=\"titre\"", &[("titre", "Autre titre")]);
    let answer = browser.post(&edit, &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    world.change(|data| {
        let saved = &data.sessions[0];
        assert_eq!(saved.title, "Autre titre");
        assert_eq!(saved.venue.as_ref().unwrap().rooms.len(), 50);
        assert_eq!(saved.breaks.len(), 30);
    });
}

#[tokio::test]
async fn weights_of_all_ranks_are_kept() {
    for (ranks, rows) in [(1, 5), (5, 7), (40, 42), (100, 100)] {
        let mut data = sample::published(4, 12);
        data.sessions[0].weights = Some(Weights {
            ranks: (1..=ranks).rev().collect(),
            priority: 3,
            yes: 2,
            recommended: 1,
        });
        let (world, browser) = inside(data).await;
        let edit = session("/souhaits/poids");
        let page = browser.page(&edit).await;
        let shown = fields(&page, "name=\"rang-1\"");
        let shown = shown.iter().filter(|(name, _)| name.starts_with("rang-")).count();
        assert_eq!(shown, rows, "{ranks}");
        let answer = browser
            .post(&edit, &changed(&page, "name=\"rang-1\"", &[("oui", "7")]))
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        world.change(|data| {
            let kept = data.sessions[0].weights.clone().unwrap();
            assert_eq!((kept.ranks.len(), kept.yes), (usize::try_from(ranks).unwrap(), 7));
        });
    }
}
