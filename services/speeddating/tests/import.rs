//! The tables as coordinators send them, encodings and errors included.

use std::collections::BTreeMap;

use jiff::civil::time;
use speeddating::import::{FILE_MOST, File, Known, Problem, ROWS_MOST, Reading, Table, read};

const EMPLOYERS: &[u8] = include_bytes!("data/employeurs.csv");
const CANDIDATES: &[u8] = include_bytes!("data/candidats.csv");
const WISHES: &[u8] = include_bytes!("data/voeux.csv");
const ERRORS: &[u8] = include_bytes!("data/candidats-erreurs.csv");

fn known() -> Known {
    Known {
        hours: (time(9, 0, 0, 0), time(12, 30, 0, 0)),
        employers: BTreeMap::new(),
        candidates: BTreeMap::new(),
    }
}

fn candidates(content: &[u8]) -> Reading {
    read(
        &[File {
            table: Table::Candidates,
            content,
        }],
        &known(),
    )
}

fn line(problem: &Problem) -> String {
    let kind = if problem.notice { "notice" } else { "error" };
    let value = problem.value.replace('\n', " ");
    format!(
        "{} {} {kind} [{}] {value}: {}",
        problem.line, problem.key, problem.column, problem.message
    )
}

#[test]
fn the_error_file_gets_exactly_the_expected_problems() {
    let reading = candidates(ERRORS);
    let told: Vec<String> = reading.problems.iter().map(line).collect();
    insta::assert_snapshot!(told.join("\n"), @r##"
    3 C0002 error [nom] : est vide
    4 C0003 error [courriel] rania.roux-at-example.org: n'est pas une adresse de courriel
    5 C0004 error [mobile] 0612: a 4 chiffres, il en faut 10 ; aucun autre moyen de contact
    6 C0005 error [langue] klingon: n'est pas un code de langue connu (fr, en, ar, …)
    7 C0006 error [depart] 09:00: n'est pas après l'arrivée, 12:30
    8 C0007 error [rendez_vous_max] beaucoup: n'est pas un nombre entier
    9 C0001 error [candidat] C0001: même « candidat » qu'à la ligne 2
    10 C0008 error [(ligne)] : la ligne a 4 colonnes au lieu de 11
    11 C0009 notice [mobile] : aucun moyen de contact : il faudra un planning sur papier
    12 C0010 notice [prenom] Jean Luc: contient un retour à la ligne, lu comme une espace
    12 C0010 notice [arrivee] 9h00: lu comme 09:00
    12 C0010 notice [depart] 12h30: lu comme 12:30
    14 C0011 error [prenom] =HYPERLINK("http://example.org"): commence par =, un tableur l'exécuterait comme une formule
    "##);
    let accepted: Vec<(&str, &str)> = reading
        .candidates
        .iter()
        .map(|row| (row.code.as_str(), row.given_name.as_str()))
        .collect();
    assert_eq!(
        accepted,
        [("C0001", "Amina"), ("C0009", "Fatou"), ("C0010", "Jean Luc")]
    );
    let last = &reading.candidates[2];
    assert_eq!(
        (last.arrives, last.leaves),
        (Some(time(9, 0, 0, 0)), Some(time(12, 30, 0, 0)))
    );
    assert_eq!(last.phone, "+33 6 39 98 01 10");
    let summary = &reading.summaries[0];
    assert_eq!((summary.rows, summary.accepted), (12, 3));
    assert!(
        reading
            .problems
            .iter()
            .all(|problem| problem.notice || !problem.cure.is_empty()),
        "an error has no cure"
    );
}

#[test]
fn the_three_tables_of_the_event_are_read_whole() {
    let files = [
        File {
            table: Table::Wishes,
            content: WISHES,
        },
        File {
            table: Table::Employers,
            content: EMPLOYERS,
        },
        File {
            table: Table::Candidates,
            content: CANDIDATES,
        },
    ];
    let reading = read(&files, &known());
    let told: Vec<String> = reading.problems.iter().map(line).collect();
    assert_eq!(told, Vec::<String>::new());
    assert_eq!(
        (
            reading.employers.len(),
            reading.candidates.len(),
            reading.wishes.len()
        ),
        (24, 180, 993)
    );
    assert_eq!(
        reading
            .employers
            .iter()
            .map(|employer| employer.parallel)
            .sum::<i64>(),
        28
    );
    let tables: Vec<Table> = reading.summaries.iter().map(|summary| summary.table).collect();
    assert_eq!(tables, [Table::Employers, Table::Candidates, Table::Wishes]);
}

#[test]
fn every_encoding_and_delimiter_beside_it_is_read() {
    let legacy = candidates(include_bytes!("data/candidats-windows-1252.csv"));
    assert_eq!(
        (legacy.summaries[0].encoding, legacy.summaries[0].delimiter),
        ("Windows-1252", ';')
    );
    assert_eq!((legacy.candidates.len(), legacy.faulty()), (40, false));
    assert_eq!(legacy.candidates[1].given_name, "Raphaël");
    let marked = candidates(include_bytes!("data/candidats-bom-virgule.csv"));
    assert_eq!(
        (marked.summaries[0].encoding, marked.summaries[0].delimiter),
        ("UTF-8 (BOM)", ',')
    );
    assert_eq!((marked.candidates.len(), marked.faulty()), (30, false));
    assert_eq!(marked.candidates[1].family_name, "Traoré");
}

#[test]
fn columns_are_matched_loosely_extra_ones_are_noticed_missing_ones_refuse() {
    let text = "Candidat; Prénom ;NOM;E-mail;Mobile;Langue;Accessibilité;Arrivée;Départ;Rendez-vous max;Référent;Ville\n\
                C1;Ana;Roux;a@example.org;;;;;;;;Lyon\n";
    let reading = candidates(text.as_bytes());
    assert_eq!(reading.candidates.len(), 1);
    let problem = &reading.problems[0];
    assert_eq!(
        (problem.column.as_str(), problem.notice, reading.faulty()),
        ("Ville", true, false)
    );

    let reading = candidates(b"candidat;prenom\nC1;Ana\n");
    assert!(reading.unreadable() && reading.faulty());
    assert_eq!(
        (reading.problems[0].column.as_str(), reading.problems[0].line),
        ("nom", 1)
    );
}

#[test]
fn what_is_no_table_is_refused_with_a_cure() {
    let quote = candidates("candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent\nC1;\"Ana;Roux\nC2;Bo\n".as_bytes());
    assert_eq!((quote.problems[0].line, quote.unreadable()), (2, true));
    for content in [&b"PK\x03\x04"[..], b"\xFF\xFEa\0", b"", b"\n\n"] {
        let reading = candidates(content);
        assert!(reading.unreadable() && !reading.problems[0].cure.is_empty());
    }
    let long = vec![b'x'; FILE_MOST + 1];
    assert!(candidates(&long).problems[0].message.french.contains("10 Mo"));
    let header = CANDIDATES.split(|byte| *byte == b'\n').next().unwrap();
    let mut many = header.to_vec();
    many.extend(b"\nC;a;b;;;;;;;;".repeat(ROWS_MOST + 1));
    assert!(candidates(&many).problems[0].message.french.contains("20 000"));
}

#[test]
fn wishes_are_checked_against_the_files_and_the_session() {
    let header = "candidat;employeur;rang;avis_employeur;conseille_par_referent\n";
    let text = format!(
        "{header}C0001;E001;1;;\nC0002;E001;1;oui;\nC9;E001;1;;\nC0001;E9;2;;\nC0001;E001;3;;\nC0001;E002;1;;\nC0001;E003;0;peut-être;\n"
    );
    let mut known = known();
    known.employers = ["E001", "E002", "E003"]
        .map(|code| (code.to_owned(), false))
        .into();
    known.candidates = [("C0007".to_owned(), false)].into();
    let files = [
        File {
            table: Table::Candidates,
            content: ERRORS,
        },
        File {
            table: Table::Wishes,
            content: text.as_bytes(),
        },
    ];
    let reading = read(&files, &known);
    let told: Vec<String> = reading
        .problems
        .iter()
        .filter(|problem| problem.table == Table::Wishes)
        .map(line)
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r##"
    3 C0002 E001 error [candidat] C0002: la ligne 3 de ce code est en erreur
    4 C9 E001 error [candidat] C9: aucun candidat ne porte ce code, ni dans les fichiers ni dans la session
    5 C0001 E9 error [employeur] E9: aucun employeur ne porte ce code, ni dans les fichiers ni dans la session
    6 C0001 E001 error [employeur] E001: même couple candidat et employeur qu'à la ligne 2
    7 C0001 E002 notice [rang] 1: ce candidat a déjà un souhait de ce rang à la ligne 2
    8 C0001 E003 error [rang] 0: est hors des bornes 1 à 99
    8 C0001 E003 error [avis_employeur] peut-être: n'est pas un avis connu
    "##);
    let kept: Vec<(&str, &str)> = reading
        .wishes
        .iter()
        .map(|wish| (wish.candidate.as_str(), wish.employer.as_str()))
        .collect();
    assert_eq!(kept, [("C0001", "E001"), ("C0001", "E002")]);
}

#[test]
fn who_withdrew_is_noticed() {
    let mut known = known();
    known.candidates = [("C0001".to_owned(), true)].into();
    let reading = read(
        &[File {
            table: Table::Candidates,
            content: ERRORS,
        }],
        &known,
    );
    assert!(reading.problems[0].notice && reading.problems[0].message.french.contains("désisté"));
}

/// A candidates' table of these rows.
fn table(rows: &str) -> String {
    format!(
        "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent\n{rows}"
    )
}

#[test]
fn one_person_on_two_rows_is_told_by_mail_or_number_and_name() {
    let rows = "C1;Ève;Roux;eve@example.org;06 39 98 00 01;;;;;;\n\
                C2;EVE;ROUX;;+33 6 39 98 00 01;;;;;;\n\
                C3;Eve;Roux;EVE@example.org;;;;;;;\n\
                C4;Bo;Roux;eve@example.org;06 39 98 00 01;;;;;;\n\
                C5;Eve;Roux;autre@example.org;;;;;;;\n";
    let reading = candidates(table(rows).as_bytes());
    let told: Vec<String> = reading.problems.iter().map(line).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    3 C2 error [mobile] +33 6 39 98 00 01: est la même personne que le candidat C1, à la ligne 2 : même contact et même nom
    4 C3 error [courriel] EVE@example.org: est la même personne que le candidat C1, à la ligne 2 : même contact et même nom
    ");
    let kept: Vec<&str> = reading.candidates.iter().map(|row| row.code.as_str()).collect();
    assert_eq!(
        kept,
        ["C1", "C4", "C5"],
        "a family shares its contacts, and a name has namesakes"
    );
}

#[test]
fn what_nobody_sees_is_taken_out_with_a_notice() {
    let rows = "C1;E\u{200b}ve;Ro\u{202e}ux;eve@example.org;\u{202a}06 39 98 00 01\u{202c};;;;;;\n";
    let reading = candidates(table(rows).as_bytes());
    let told: Vec<String> = reading.problems.iter().map(line).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    2 C1 notice [prenom] Eve: contenait des caractères invisibles, retirés
    2 C1 notice [nom] Roux: contenait des caractères invisibles, retirés
    2 C1 notice [mobile] 06 39 98 00 01: contenait des caractères invisibles, retirés
    ");
    let row = &reading.candidates[0];
    assert_eq!(
        (
            row.given_name.as_str(),
            row.family_name.as_str(),
            row.phone.as_str()
        ),
        ("Eve", "Roux", "06 39 98 00 01")
    );
}
