//! One person or employer at a time, by the rules of the tables.

use contracts::speeddating::v1::{self as proto, register_response::Outcome};
use platform::{error::violations, on_each_database};
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{OTHER, World, refused};

#[expect(clippy::unnecessary_wraps, reason = "as requests hold it")]
fn candidate(fields: &[(&str, &str)]) -> Option<proto::Entry> {
    let fields = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Some(proto::Entry {
        side: proto::Side::Candidate.into(),
        fields: fields.collect(),
    })
}

fn registered(reply: proto::RegisterResponse) -> proto::Registration {
    match reply.outcome {
        Some(Outcome::Registration(registration)) => registration,
        other => panic!("not registered: {other:?}"),
    }
}

const ANA: [(&str, &str); 5] = [
    ("prenom", "Ana"),
    ("nom", "Roux"),
    ("courriel", "ana@example.org"),
    ("mobile", "06 39 98 77 01"),
    ("arrivee", "9h30"),
];

on_each_database! { MIGRATIONS,
    async fn a_person_typed_in_is_registered_once_under_the_next_code(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let request = proto::RegisterRequest {
            request_id: world.fresh(), session_id: session.session_id.clone(), entry: candidate(&ANA), ..Default::default()
        };
        let reply = world.entries().register(request.clone()).await.unwrap().into_inner();
        assert_eq!(reply.notices[0].message, "lu comme 09:30");
        let made = registered(reply);
        assert_eq!((made.code.as_str(), made.arrives.as_str()), ("C0181", "09:30"));
        assert_eq!(registered(world.entries().register(request.clone()).await.unwrap().into_inner()), made, "pressed twice");
        let taken = proto::RegisterRequest {
            request_id: world.fresh(), entry: candidate(&[("candidat", "C0181"), ("prenom", "Bo"), ("nom", "Petit")]), ..request
        };
        let status = world.entries().register(taken).await.unwrap_err();
        assert_eq!(violations(&status)[0].field, "candidat");
    }

    async fn faults_are_told_by_column_as_in_a_table(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let request = proto::RegisterRequest {
            request_id: world.fresh(), session_id: session.session_id.clone(),
            entry: candidate(&[("prenom", "=1+1"), ("nom", ""), ("mobile", "0612"), ("courriel", "x"), ("langue", "klingon")]),
            ..Default::default()
        };
        let status = world.entries().register(request.clone()).await.unwrap_err();
        let fields: Vec<_> = violations(&status).into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["prenom", "nom", "courriel", "mobile", "langue"]);
        // What only the directory refuses stands by its column too.
        let strange = [("prenom", "Ana"), ("nom", "Roux"), ("mobile", "+999 12345678")];
        let strange = proto::RegisterRequest { entry: candidate(&strange), ..request.clone() };
        assert_eq!(violations(&world.entries().register(strange).await.unwrap_err())[0].field, "mobile");
        let unknown = proto::RegisterRequest { entry: candidate(&[("couleur", "bleu")]), ..request };
        assert_eq!(violations(&world.entries().register(unknown).await.unwrap_err())[0].field, "couleur");
        assert!(world.people(&session.session_id).await.is_empty());
    }

    async fn somebody_who_looks_alike_is_shown_before_anything_is_made(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let request = proto::RegisterRequest {
            request_id: world.fresh(), session_id: session.session_id.clone(), entry: candidate(&ANA), ..Default::default()
        };
        let ana = registered(world.entries().register(request.clone()).await.unwrap().into_inner());
        let alike = [("prenom", "Anna"), ("nom", "Petit"), ("courriel", "ana@example.org")];
        let request = proto::RegisterRequest { request_id: world.fresh(), entry: candidate(&alike), ..request };
        let reply = world.entries().register(request.clone()).await.unwrap().into_inner();
        let Some(Outcome::Alike(found)) = reply.outcome else { panic!("{reply:?}") };
        assert_eq!((found.other_person_id, found.fields), (ana.person_id.clone(), vec!["mail".to_owned()]));
        assert_eq!(world.people(&session.session_id).await.len(), 1, "nothing was made");
        let apart = proto::RegisterRequest { apart: true, ..request };
        let other = registered(world.entries().register(apart).await.unwrap().into_inner());
        assert_ne!(other.person_id, ana.person_id);
    }

    async fn an_edit_keeps_the_code_empties_what_is_emptied_and_loses_nobodys_work(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let request = proto::RegisterRequest {
            request_id: world.fresh(), session_id: session.session_id.clone(), entry: candidate(&ANA), ..Default::default()
        };
        let ana = registered(world.entries().register(request).await.unwrap().into_inner());
        let edit = |version, fields: &[(&str, &str)]| proto::EditRegistrationRequest {
            registration_id: ana.registration_id.clone(), version, entry: candidate(fields),
        };
        let fields = [("candidat", "Z"), ("prenom", "Ana"), ("nom", "Roux"), ("courriel", "ana@example.org"), ("depart", "11:00")];
        let edited = world.entries().edit_registration(edit(1, &fields)).await.unwrap().into_inner().registration.unwrap();
        assert_eq!((edited.code.as_str(), edited.arrives.as_str(), edited.leaves.as_str()), ("C0001", "", "11:00"));
        let person = world.directory.state().people[&ana.person_id].clone();
        assert_eq!((person.mail.as_str(), person.phone.as_str()), ("ana@example.org", ""));
        assert_eq!(refused(world.entries().edit_registration(edit(1, &fields)).await).1, "STALE_VERSION");
        let withdraw = proto::WithdrawRegistrationRequest {
            registration_id: ana.registration_id.clone(), version: edited.version, by: "PARTICIPANT".to_owned(),
        };
        world.coordinator().withdraw_registration(withdraw).await.unwrap();
        let refusal = world.entries().edit_registration(edit(edited.version + 1, &fields)).await;
        assert_eq!(refused(refusal).1, "NOT_IN_THIS_STATE");
    }

    async fn what_only_the_directory_keeps_is_an_edit_too_each_time(db: Db) {
        let world = World::new(db);
        let session = world.create().await;
        let request = proto::RegisterRequest {
            request_id: world.fresh(), session_id: session.session_id.clone(), entry: candidate(&ANA), ..Default::default()
        };
        let ana = registered(world.entries().register(request).await.unwrap().into_inner());
        let edit = |version, mobile| proto::EditRegistrationRequest {
            registration_id: ana.registration_id.clone(), version,
            entry: candidate(&[("prenom", "Ana"), ("nom", "Roux"), ("courriel", "ana@example.org"), ("mobile", mobile), ("arrivee", "09:30")]),
        };
        let mut version = ana.version;
        // The second time the first number is no repetition of the first time.
        for mobile in ["06 39 98 77 02", "06 39 98 77 03", "06 39 98 77 02"] {
            let reply = world.entries().edit_registration(edit(version, mobile)).await.unwrap();
            let edited = reply.into_inner().registration.unwrap();
            assert_eq!(world.directory.state().people[&ana.person_id].phone, mobile);
            assert_eq!(refused(world.entries().edit_registration(edit(version, mobile)).await).1, "STALE_VERSION");
            version = edited.version;
        }
    }

    async fn another_organisation_registers_and_reads_nobody(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let people = world.people(&session.session_id).await;
        let transport = world.speaking(&world.service, OTHER);
        let mut other = proto::registration_service_client::RegistrationServiceClient::new(transport);
        let id = people["C0001"].registration_id.clone();
        let request = proto::RegisterRequest {
            request_id: world.fresh(), session_id: session.session_id, entry: candidate(&ANA), ..Default::default()
        };
        assert_eq!(refused(other.register(request).await).0, Code::NotFound);
        let request = proto::EditRegistrationRequest { registration_id: id.clone(), version: 1, entry: candidate(&ANA) };
        assert_eq!(refused(other.edit_registration(request).await).0, Code::NotFound);
        let request = proto::GetRegistrationRequest { registration_id: id };
        assert_eq!(refused(other.get_registration(request).await).0, Code::NotFound);
    }
}
