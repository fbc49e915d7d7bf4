//! Large sessions: 200 employers, 2,000 candidates, about 13,000 wishes go through in seconds.

use std::{fmt::Write as _, time::Instant};

use contracts::speeddating::v1 as proto;
use platform::on_each_database;
use speeddating::MIGRATIONS;

use super::world::{World, file, nobody_twice};

/// Tables of a made-up event; the same numbers always give the same tables.
fn tables(employers: u32, candidates: u32, wishes_each: u32) -> Vec<proto::ImportFile> {
    let mut out = [
        "employeur;raison_sociale;secteur;poste;recruteurs;contact;courriel;telephone;arrivee;depart;rendez_vous_max\n"
            .to_owned(),
        "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent\n".to_owned(),
        "candidat;employeur;rang;avis_employeur;conseille_par_referent\n".to_owned(),
    ];
    for number in 0..employers {
        let recruiters = 1 + number % 3 / 2;
        writeln!(out[0], "E{number:04};Maison {number};Divers;Poste;{recruiters};Ana Roux{number};e{number}@example.com;;;;")
            .unwrap();
    }
    let mut chance = 1_u32;
    for number in 0..candidates {
        writeln!(
            out[1],
            "C{number:05};Camille;Martin{number};c{number}@example.org;;;;;;6;"
        )
        .unwrap();
        let mut chosen = std::collections::BTreeSet::new();
        while chosen.len() < usize::try_from(wishes_each).unwrap() {
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // The first employers are asked for more often.
            chosen.insert((chance >> 8) % employers * ((chance >> 20) % 7 + 1) / 7);
        }
        for (rank, employer) in chosen.into_iter().enumerate() {
            let opinion = ["", "oui", "", "prioritaire"][(rank + usize::try_from(number).unwrap()) % 4];
            writeln!(out[2], "C{number:05};E{employer:04};{};{opinion};", rank + 1).unwrap();
        }
    }
    let tables = [
        proto::Table::Employers,
        proto::Table::Candidates,
        proto::Table::Wishes,
    ];
    tables
        .into_iter()
        .zip(out)
        .map(|(table, text)| file(table, text.as_bytes()))
        .collect()
}

on_each_database! { MIGRATIONS,
    async fn two_thousand_candidates_are_imported_planned_and_published(db: Db) {
        let world = World::new(db);
        let request = proto::CreateSessionRequest { ends: "16:30".to_owned(), ..world.new_session() };
        let session = world.coordinator().create_session(request).await.unwrap().into_inner().session.unwrap();
        let started = Instant::now();
        let session = world.with_tables(&session, tables(200, 2_000, 6)).await;
        let imported = started.elapsed();
        assert_eq!((session.employers, session.candidates, session.wishes), (200, 2_000, 12_000));
        let started = Instant::now();
        let made = world.made_within(1, &session).await;
        let planned = started.elapsed();
        let started = Instant::now();
        world.publish(&session.session_id, made.number).await.unwrap();
        let published = started.elapsed();
        let started = Instant::now();
        let meeting = &made.meetings[0];
        let request = proto::CancelMeetingRequest { meeting_id: meeting.meeting_id.clone(), version: 1 };
        world.coordinator().cancel_meeting(request).await.unwrap();
        let corrected = started.elapsed();
        nobody_twice(&world.timetable(&session.session_id).await, &world.people(&session.session_id).await);
        let engine = world.db.engine();
        #[expect(clippy::print_stderr, reason = "figures for those who run it")]
        {
            eprintln!("{engine}: import {imported:?}, plan {planned:?}, publish {published:?}, correct {corrected:?}");
        }
    }
}
