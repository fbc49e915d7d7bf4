use contracts::scheduler::v1::{CheckPoliciesRequest, ListPoliciesRequest};
use platform::testing::eventually;
use scheduler::{Clients, Service, Settings};

use super::world::{ANNA, World, participation};

const CANDIDATE: &str = include_str!("../../policies/speed-dating-candidate.yaml");

#[tokio::test]
async fn policies_are_listed_with_a_sentence_and_checked_with_every_problem() {
    let world = World::at("2026-11-10T10:00").await;
    let listed = world
        .client
        .clone()
        .list_policies(ListPoliciesRequest {})
        .await
        .unwrap()
        .into_inner()
        .policies;
    assert_eq!(listed.len(), 9);
    let candidate = listed
        .iter()
        .find(|policy| policy.name == "speed-dating-candidate")
        .unwrap();
    assert!(
        candidate.built_in
            && candidate
                .reading
                .starts_with("Sept jours avant, par mail ; 48 heures avant, par SMS")
    );
    assert_eq!(candidate.document, CANDIDATE);

    let document = format!(
        "{CANDIDATE}---\n{}",
        CANDIDATE.replace("-48h", "48h").replace("late: skip", "late: no")
    );
    let reply = world
        .client
        .clone()
        .check_policies(CheckPoliciesRequest { document })
        .await
        .unwrap()
        .into_inner();
    let problems: Vec<_> = reply
        .problems
        .iter()
        .map(|one| (one.document, one.path.as_str()))
        .collect();
    assert_eq!(problems, [(2, "spec.offsets[1].at"), (2, "spec.late")]);
    assert_eq!(reply.policies.len(), 1);
}

#[tokio::test]
async fn a_folder_of_policies_replaces_built_in_ones_and_a_wrong_file_stops_the_start() {
    let folder = platform::testing::folder();
    std::fs::write(folder.path().join("own.yaml"), CANDIDATE.replace("-48h", "-72h")).unwrap();
    std::fs::write(folder.path().join("notes.txt"), "not a policy").unwrap();
    let settings = Settings {
        policies: Some(folder.path().to_owned()),
        ..Settings::default()
    };
    let world = World::with("2026-11-10T21:00", settings.clone()).await;
    world.publish(participation(1, 1, "2026-11-26T09:00", ANNA)).await;
    assert!(
        world
            .live(ANNA)
            .await
            .contains(&"Mon 23 09:00 speed-dating-candidate -72h planned".to_owned())
    );

    std::fs::write(
        folder.path().join("wrong.yaml"),
        CANDIDATE.replace("trigger: before", "trigger: sometimes"),
    )
    .unwrap();
    let Err(error) = Service::new(world.platform.clone(), &settings, Clients {}) else {
        panic!("it starts")
    };
    assert!(
        error
            .to_string()
            .contains("wrong.yaml, document 1, spec.trigger: `sometimes`"),
        "{error}"
    );
    let gone = Settings {
        policies: Some(folder.path().join("nowhere")),
        ..Settings::default()
    };
    let Err(error) = Service::new(world.platform.clone(), &gone, Clients {}) else {
        panic!("it starts")
    };
    assert!(error.to_string().contains("nowhere"), "{error}");
}

#[tokio::test]
async fn other_policies_at_the_next_start_plan_everything_anew() {
    let world = World::at("2026-11-10T21:00").await;
    world
        .publish_all(
            (1..=120)
                .map(|number| participation(number, 1, "2026-11-26T09:00", ANNA))
                .collect(),
        )
        .await;
    let folder = platform::testing::folder();
    std::fs::write(folder.path().join("own.yaml"), CANDIDATE.replace("-48h", "-72h")).unwrap();
    let settings = Settings {
        policies: Some(folder.path().to_owned()),
        ..Settings::default()
    };
    world.restart(&settings);
    eventually("all is planned anew", || async {
        let changed = world.count("speed-dating-candidate", "-72h").await;
        (changed == 120).then_some(())
    })
    .await;
    assert_eq!(world.count("speed-dating-candidate", "-48h").await, 0);
}

#[tokio::test]
async fn a_day_that_is_closed_at_the_next_start_moves_what_counts_business_days() {
    let world = World::at("2026-11-10T21:00").await;
    // A Thursday.
    world.publish(participation(1, 1, "2026-11-26T09:00", ANNA)).await;
    let planned = |day: &str| format!("{day} 17:00 speed-dating-candidate -1bd 17:00 planned");
    let live = world.live(ANNA).await;
    assert!(live.contains(&planned("Wed 25")), "{live:?}");
    let settings = Settings {
        closed_days: vec!["2026-11-25".parse().unwrap()],
        ..Settings::default()
    };
    world.restart(&settings);
    eventually("it is planned anew", || async {
        world.live(ANNA).await.contains(&planned("Tue 24")).then_some(())
    })
    .await;
}
