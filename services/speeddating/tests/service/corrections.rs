//! Corrections by hand: what cannot be is refused and the clash is named; what can be is done.

use contracts::speeddating::v1 as proto;
use platform::on_each_database;
use speeddating::MIGRATIONS;
use tonic::Code;

use super::world::{World, file, nobody_twice, refused};

const EMPLOYERS: &str = "employeur;raison_sociale;secteur;poste;recruteurs;contact;courriel;telephone;arrivee;depart;rendez_vous_max
E1;Ateliers;Bois;Menuisier;1;Ana Roux;ana@example.com;;09:00;10:00;
E2;Fourneaux;Pain;Boulanger;2;Bo Martin;bo@example.com;;09:00;12:30;2
";
const CANDIDATES: &str =
    "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent
C1;Ali;Un;un@example.org;;;;;;;
C2;Bea;Deux;deux@example.org;;;;09:30;12:30;1;
C3;Caro;Trois;trois@example.org;;;;;;;
";
const WISHES: &str = "candidat;employeur;rang;avis_employeur;conseille_par_referent
C1;E1;1;oui;
C2;E1;1;;
C3;E1;1;non;
C3;E2;2;;
";

struct Small {
    world: World,
    session: String,
    number: i32,
}

impl Small {
    /// Two employers, three candidates, a timetable from which all meetings were taken.
    async fn empty(db: platform::Db) -> Self {
        let world = World::new(db);
        let session = world.create().await;
        let files = vec![
            file(proto::Table::Employers, EMPLOYERS.as_bytes()),
            file(proto::Table::Candidates, CANDIDATES.as_bytes()),
            file(proto::Table::Wishes, WISHES.as_bytes()),
        ];
        let request = world.import(&session, files);
        world.coordinator().commit_import(request).await.unwrap();
        let made = world.made(&session).await;
        for meeting in &made.meetings {
            let request = proto::CancelMeetingRequest {
                meeting_id: meeting.meeting_id.clone(),
                version: 1,
            };
            world.coordinator().cancel_meeting(request).await.unwrap();
        }
        Self {
            world,
            session: session.session_id,
            number: made.number,
        }
    }

    async fn add(
        &self,
        candidate: &str,
        employer: &str,
        slot: i32,
        table: i32,
    ) -> Result<proto::Meeting, tonic::Status> {
        let people = self.world.people(&self.session).await;
        let request = proto::AddMeetingRequest {
            request_id: self.world.fresh(),
            session_id: self.session.clone(),
            number: self.number,
            employer_id: people[employer].registration_id.clone(),
            candidate_id: people[candidate].registration_id.clone(),
            slot,
            table,
        };
        Ok(self
            .world
            .coordinator()
            .add_meeting(request)
            .await?
            .into_inner()
            .meeting
            .unwrap())
    }

    async fn clash(&self, candidate: &str, employer: &str, slot: i32, table: i32) -> String {
        let status = self.add(candidate, employer, slot, table).await.unwrap_err();
        assert_eq!(
            refused(Err::<(), _>(status.clone())),
            (Code::FailedPrecondition, "CLASH".to_owned())
        );
        status.message().to_owned()
    }
}

on_each_database! { MIGRATIONS,
    async fn every_clash_is_named(db: Db) {
        let small = Small::empty(db).await;
        let first = small.add("C1", "E1", 2, 0).await.unwrap();
        assert_eq!((first.starts.as_str(), first.table), ("09:30", 1), "an employer sits at its own table");
        let told = [
            small.clash("C1", "E2", 2, 0).await,
            small.clash("C2", "E1", 2, 0).await,
            small.clash("C3", "E2", 2, 1).await,
            small.clash("C3", "E1", 3, 0).await,
            small.clash("C1", "E1", 3, 0).await,
            small.clash("C2", "E1", 5, 0).await,
            small.clash("C2", "E2", 0, 0).await,
            small.clash("C3", "E2", 14, 0).await,
            small.clash("C3", "E2", 3, 4).await,
        ];
        let expected = [
            "le candidat C1 a déjà un rendez-vous à 09:30 avec l'employeur E1",
            "l'employeur E1 reçoit déjà 1 candidat(s) à 09:30 : C1",
            "la table 1 est prise à 09:30 par l'employeur E1 et le candidat C1",
            "le candidat C3 et l'employeur E1 ne doivent pas se rencontrer",
            "le candidat C1 et l'employeur E1 ont déjà un rendez-vous à 09:30",
            "l'employeur E1 n'est pas présent à 10:15 (de 09:00 à 10:00)",
            "le candidat C2 n'est pas présent à 09:00 (de 09:30 à 12:30)",
            "le créneau 14 n'existe pas, la séance en a 14",
            "la table 4 n'existe pas, il y en a 3",
        ];
        assert_eq!(told, expected);
        let second = small.add("C2", "E2", 3, 0).await.unwrap();
        assert_eq!(second.table, 2);
        assert_eq!(small.add("C3", "E2", 3, 0).await.unwrap().table, 3, "the second recruiter has a table too");
        assert_eq!(small.clash("C2", "E1", 2, 0).await, "le candidat C2 a déjà ses 1 rendez-vous");
        assert_eq!(small.clash("C1", "E2", 4, 0).await, "l'employeur E2 a déjà ses 2 rendez-vous");
    }

    async fn meetings_swap_their_slots(db: Db) {
        let small = Small::empty(db).await;
        let one = small.add("C1", "E1", 2, 0).await.unwrap();
        let two = small.add("C1", "E2", 3, 0).await.unwrap();
        let request = proto::SwapMeetingsRequest {
            first_meeting_id: one.meeting_id.clone(), first_version: 1,
            second_meeting_id: two.meeting_id.clone(), second_version: 1,
        };
        let swapped = small.world.coordinator().swap_meetings(request).await.unwrap().into_inner();
        let (first, second) = (swapped.first.unwrap(), swapped.second.unwrap());
        assert_eq!((first.slot, first.table, second.slot, second.table), (3, 1, 2, 2));
        let people = small.world.people(&small.session).await;
        nobody_twice(&small.world.timetable(&small.session).await, &people);

        let late = small.add("C3", "E2", 10, 0).await.unwrap();
        let request = proto::SwapMeetingsRequest {
            first_meeting_id: one.meeting_id, first_version: 2,
            second_meeting_id: late.meeting_id, second_version: 1,
        };
        let reply = small.world.coordinator().swap_meetings(request).await.unwrap_err();
        assert_eq!(reply.message(), "l'employeur E1 n'est pas présent à 11:30 (de 09:00 à 10:00)");
        let after = small.world.timetable(&small.session).await;
        assert!(after.meetings.iter().any(|meeting| meeting.slot == 10 && meeting.version == 1));
    }

    async fn the_same_addition_adds_once(db: Db) {
        let small = Small::empty(db).await;
        let people = small.world.people(&small.session).await;
        let request = proto::AddMeetingRequest {
            request_id: small.world.fresh(),
            session_id: small.session.clone(),
            number: small.number,
            employer_id: people["E2"].registration_id.clone(),
            candidate_id: people["C1"].registration_id.clone(),
            slot: 4,
            table: 0,
        };
        let first = small.world.coordinator().add_meeting(request.clone()).await.unwrap().into_inner();
        let again = small.world.coordinator().add_meeting(request.clone()).await.unwrap().into_inner();
        assert_eq!(first, again);
        let other = proto::AddMeetingRequest { slot: 5, ..request };
        let reply = small.world.coordinator().add_meeting(other).await;
        assert_eq!(refused(reply), (Code::Aborted, "REQUEST_ID_REUSED".to_owned()));
    }

    async fn a_timetable_made_of_older_inputs_says_so_and_cannot_be_published_against_a_new_ban(db: Db) {
        let small = Small::empty(db).await;
        let added = small.add("C1", "E1", 2, 0).await.unwrap();
        let wish = proto::Wish {
            candidate_id: added.candidate_id, employer_id: added.employer_id, must_not: true, ..proto::Wish::default()
        };
        let request = proto::SetWishRequest { session_id: small.session.clone(), wish: Some(wish.clone()) };
        small.world.coordinator().set_wish(request).await.unwrap();
        assert!(small.world.timetable(&small.session).await.outdated);
        let reply = small.world.publish(&small.session, small.number).await;
        assert_eq!(refused(reply), (Code::FailedPrecondition, "CLASH".to_owned()));
        let unknown = proto::Wish { candidate_id: wish.employer_id.clone(), ..wish };
        let request = proto::SetWishRequest { session_id: small.session.clone(), wish: Some(unknown) };
        let reply = small.world.coordinator().set_wish(request).await;
        assert_eq!(refused(reply).0, Code::InvalidArgument);
    }

    async fn a_must_meet_outweighs_everything_and_the_same_seed_gives_the_same_timetable(db: Db) {
        let world = World::new(db);
        let session = world.imported().await;
        let people = world.people(&session.session_id).await;
        let wish = proto::Wish {
            candidate_id: people["C0001"].registration_id.clone(),
            employer_id: people["E009"].registration_id.clone(),
            must: true,
            ..proto::Wish::default()
        };
        let request = proto::SetWishRequest { session_id: session.session_id.clone(), wish: Some(wish.clone()) };
        world.coordinator().set_wish(request).await.unwrap();
        let pairs = |timetable: &proto::Timetable| -> Vec<(String, String, i32, i32)> {
            let pair = |meeting: &proto::Meeting| {
                (meeting.candidate_id.clone(), meeting.employer_id.clone(), meeting.slot, meeting.table)
            };
            timetable.meetings.iter().map(pair).collect()
        };
        let one = world.made(&session).await;
        let two = world.made(&session).await;
        assert!(
            one.meetings.iter().any(|meeting| {
                meeting.candidate_id == wish.candidate_id && meeting.employer_id == wish.employer_id
            }),
            "the must-meet does not meet"
        );
        let quality = one.quality.clone().unwrap();
        assert!(quality.weight <= quality.bound && quality.bound < 10_000, "the bonus shows: {quality:?}");
        assert_eq!(pairs(&one), pairs(&two));
    }
}
