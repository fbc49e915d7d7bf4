//! Buyers x inclusion enterprises: both sides are organisations.

use contracts::{common::v1::fact::Value, speeddating::v1 as proto};
use platform::on_each_database;
use speeddating::MIGRATIONS;

use super::world::{World, file};

on_each_database! { MIGRATIONS,
    async fn buyers_and_inclusion_enterprises_meet_as_organisations(db: Db) {
        let world = World::new(db);
        let request = proto::CreateSessionRequest {
            kind: proto::SessionKind::B2b.into(),
            breaks: vec![proto::Break { from: "10:00".to_owned(), to: "10:20".to_owned() }],
            venue: Some(proto::Venue {
                name: "CCI".to_owned(),
                address: "Lyon".to_owned(),
                rooms: vec![
                    proto::Room { name: "Rhône".to_owned(), tables: 1 },
                    proto::Room { name: "Saône".to_owned(), tables: 1 },
                ],
            }),
            coordinator_person_id: world.fresh(),
            ..world.new_session()
        };
        let session = world.coordinator().create_session(request).await.unwrap().into_inner().session.unwrap();
        let buyers = "acheteur;raison_sociale;secteur;poste;recruteurs;contact;courriel;telephone;arrivee;depart;rendez_vous_max\n\
            A1;Ville de Lyon;Public;Espaces verts;1;Ana Roux;ana@example.com;;;;\n\
            A2;Métropole;Public;Nettoyage;1;Bo Martin;bo@example.com;;;;\n";
        let enterprises = "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent;raison_sociale\n\
            S1;Ali;Un;un@example.org;;;;;;;;Régie de quartier\n\
            S2;Bea;Deux;deux@example.org;;;;;;;;Chantier vert\n\
            S3;Caro;Trois;trois@example.org;;;;;;;;ETTI Sud\n";
        let wishes = "candidat;employeur;rang;avis_employeur;conseille_par_referent\n\
            S1;A1;1;;\nS2;A1;1;oui;\nS3;A1;1;;\nS1;A2;2;;\nS2;A2;2;;\nS3;A2;2;;\n";
        let files = vec![
            file(proto::Table::Employers, buyers.as_bytes()),
            file(proto::Table::Candidates, enterprises.as_bytes()),
            file(proto::Table::Wishes, wishes.as_bytes()),
        ];
        let request = world.import(&session, files);
        world.coordinator().commit_import(request).await.unwrap();
        let made = world.made(&session).await;
        assert_eq!(made.meetings.len(), 6);
        assert!(made.slots.iter().all(|slot| slot.ends.as_str() <= "10:00" || slot.starts.as_str() >= "10:20"));
        for meeting in &made.meetings {
            let others = made.meetings.iter().filter(|other| other.employer_id == meeting.employer_id);
            assert!(others.clone().all(|other| other.table == meeting.table), "a buyer changed tables");
        }
        world.told().await;
        world.publish(&session.session_id, 1).await.unwrap();
        let told = world.told().await;
        let people = world.people(&session.session_id).await;
        let enterprise = told.iter().find(|told| told.subject.ends_with(&people["S1"].registration_id)).unwrap();
        assert_eq!(enterprise.facts["session_kind"].value, Some(Value::Text("b2b".to_owned())));
        assert_eq!(enterprise.parties[0].organisation_id, people["S1"].organisation_id);
        assert_eq!(enterprise.parties[1].role, "coordinator");
        let buyer = told.iter().find(|told| told.subject.ends_with(&people["A2"].registration_id)).unwrap();
        let Some(Value::List(list)) = &buyer.facts["meetings"].value else { panic!("no list") };
        assert!(list.items[0].fields["with"].starts_with("organisation/"));
        assert_eq!(list.items[0].fields["table"], "2 (Saône)");
        assert_eq!(world.directory.state().organisations.len(), 5);
    }
}
