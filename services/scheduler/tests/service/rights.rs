use contracts::scheduler::v1::{
    CheckPoliciesRequest, GetStatusRequest, ListRemindersRequest, ReleaseAsk, ReleaseRequest,
};
use platform::auth::{Actor, Role, Scope};
use tonic::Code;

use super::world::World;

fn staff(role: Role) -> Actor {
    Actor {
        subject: "someone".into(),
        role,
        scope: Scope::All,
    }
}

#[tokio::test]
async fn only_services_release_and_partners_read_nothing() {
    let world = World::at("2026-11-10T10:00").await;
    for role in [
        Role::Administrator,
        Role::Coordinator,
        Role::Auditor,
        Role::Partner,
    ] {
        let asked = world
            .as_actor(staff(role))
            .release(ReleaseRequest { asks: vec![] })
            .await;
        assert_eq!(asked.unwrap_err().code(), Code::PermissionDenied, "{role:?}");
    }
    let mut partner = world.as_actor(staff(Role::Partner));
    let listed = partner.list_reminders(ListRemindersRequest::default()).await;
    assert_eq!(listed.unwrap_err().code(), Code::PermissionDenied);
    let status = partner.get_status(GetStatusRequest::default()).await;
    assert_eq!(status.unwrap_err().code(), Code::PermissionDenied);
    assert!(
        world
            .as_actor(staff(Role::Auditor))
            .get_status(GetStatusRequest::default())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn what_is_too_much_or_wrong_is_refused_with_its_field() {
    let world = World::at("2026-11-10T10:00").await;
    let ask = |id: &str, attempt| ReleaseAsk {
        delivery_id: id.to_owned(),
        attempt,
        undelivered: false,
        uncertain: Some(false),
    };
    let good = uuid::Uuid::from_u128(7).to_string();
    for (asks, field) in [
        (vec![ask(&good, 1); 201], "asks"),
        (vec![ask(&good, 1), ask("x", 1)], "asks[1].delivery_id"),
        (vec![ask("", 1)], "asks[0].delivery_id"),
        (vec![ask(&good, 0)], "asks[0].attempt"),
    ] {
        let error = world
            .client
            .clone()
            .release(ReleaseRequest { asks })
            .await
            .unwrap_err();
        assert_eq!(error.code(), Code::InvalidArgument);
        assert_eq!(platform::error::violations(&error)[0].field, field);
    }
    let document = "x".repeat(200_001);
    let error = world
        .client
        .clone()
        .check_policies(CheckPoliciesRequest { document })
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::InvalidArgument);
}
