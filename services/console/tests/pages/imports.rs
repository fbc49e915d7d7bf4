//! Possible duplicates of an import: all can be reached and decided.

use contracts::speeddating::v1::{Duplicate, DuplicateDecision, Stage, StageState, Table};
use http::{StatusCode, header};

use crate::{
    client::{Browser, changed, inside},
    world::{Data, World, sample},
};

/// A published session with an import of so many possible duplicates; the first ones are decided.
pub(crate) fn with_duplicates(all: usize, decided: usize) -> Data {
    let mut data = sample::published(4, 12);
    data.stage = Some(Stage {
        stage_id: sample::id(11, 1),
        version: 1,
        session_id: sample::session_id(),
        state: StageState::Open.into(),
        ..Stage::default()
    });
    data.duplicates = (1..=all)
        .map(|number| Duplicate {
            table: Table::Candidates.into(),
            line: sample::small(number),
            key: format!("K{number:04}"),
            other_person_id: sample::person(number),
            decision: if number <= decided {
                DuplicateDecision::Other
            } else {
                DuplicateDecision::Unspecified
            }
            .into(),
            ..Duplicate::default()
        })
        .collect();
    data
}

fn stage() -> String {
    format!("/seances/{}/imports/{}", sample::session_id(), sample::id(11, 1))
}

/// The keys of the pairs that a page shows, in order.
fn shown(page: &str) -> Vec<usize> {
    let pairs = page.split("<section class=\"pair\"><h3>K").skip(1);
    pairs.map(|pair| pair[..4].parse().unwrap()).collect()
}

async fn opened(all: usize, decided: usize) -> (World, Browser) {
    inside(with_duplicates(all, decided)).await
}

#[tokio::test]
async fn who_waits_for_a_decision_stands_first_and_all_are_reached() {
    let (_world, browser) = opened(45, 20).await;
    let check = format!("{}/verification", stage());
    let first = browser.page(&check).await;
    assert_eq!(shown(&first), (21..=40).collect::<Vec<_>>());
    assert!(
        first.contains("Trancher 25\u{a0}doublons possibles") && !first.contains("rel=\"prev\""),
        "{first}"
    );
    let next = format!("href=\"{check}?doublons=2#doublons\" rel=\"next\"");
    assert!(first.contains(&next), "{first}");
    let second = browser.page(&format!("{check}?doublons=2")).await;
    let rest: Vec<_> = (41..=45).chain(1..=15).collect();
    assert_eq!(shown(&second), rest);
    assert!(second.contains(&format!("href=\"{check}#doublons\" rel=\"prev\"")));
    let third = browser.page(&format!("{check}?doublons=3")).await;
    assert_eq!(shown(&third), (16..=20).collect::<Vec<_>>());
    assert!(!third.contains("rel=\"next\"") && !third.contains("suivront quand"));
    // A page that is no more is the last one.
    assert_eq!(
        shown(&browser.page(&format!("{check}?doublons=9")).await).len(),
        5
    );
}

#[tokio::test]
async fn a_decision_keeps_the_place() {
    let (world, browser) = opened(45, 0).await;
    let here = format!(
        "{}/verification?table=candidats&remarques=oui&doublons=2",
        stage()
    );
    let page = browser.page(&here).await;
    let form = changed(&page, "value=\"K0025\"", &[]);
    let to = page.split("value=\"K0025\"").next().unwrap();
    let to = to.rsplit("action=\"").next().unwrap().split('"').next().unwrap();
    let to = to.replace("&#38;", "&");
    let answer = browser.post(&to, &format!("{form}&decision=meme")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.headers[header::LOCATION], format!("{here}#doublons"));
    world.change(|data| {
        let decided = data.duplicates.iter().find(|found| found.key == "K0025");
        assert_eq!(decided.unwrap().decision(), DuplicateDecision::Same);
    });
    // The next one moves up, and the decided one is last.
    assert_eq!(shown(&browser.page(&here).await)[..6], [21, 22, 23, 24, 26, 27]);
    let last = browser
        .page(&format!("{}/verification?doublons=3", stage()))
        .await;
    assert_eq!(shown(&last), [42, 43, 44, 45, 25]);
}

#[tokio::test]
async fn what_the_service_does_not_give_is_said() {
    let (_world, browser) = opened(230, 0).await;
    let page = browser
        .page(&format!("{}/verification?doublons=10", stage()))
        .await;
    assert_eq!(shown(&page), (181..=200).collect::<Vec<_>>());
    assert!(
        page.contains("30\u{a0}autres doublons possibles suivront quand ceux-ci seront tranchés"),
        "{page}"
    );
}
