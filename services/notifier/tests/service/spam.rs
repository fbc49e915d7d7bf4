//! What a filter that is not ours thinks of every mail that we can send.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use contracts::{
    common::v1::{Fact, FactItem, FactList, MilestoneState, fact::Value},
    kinds::{FactType, Kind},
    notifier::v1::Outcome,
    scheduler::v1::{DueDelivery, ReleasedItem},
};
use notifier::{Sender, Settings, SmtpSettings, Tls};

use crate::{
    granted,
    smtp_server::{Encryption, Server},
    stage::Stage,
};

/// Where filters begin to count a mail as suspect is 5.
const MOST: f64 = 1.0;

/// Each template of mails with the kind that it is about.
const TEMPLATES: [(&str, &str); 13] = [
    ("account_invitation", "account_invitation"),
    ("account_reset", "account_reset"),
    ("employer_confirmation", "employer_confirmation"),
    ("employer_confirmation_changed", "employer_confirmation"),
    ("outcomes_digest", "speed_dating"),
    ("outcomes_missing", "speed_dating"),
    ("speed_dating_changed_candidate", "speed_dating"),
    ("speed_dating_changed_employer", "speed_dating"),
    ("speed_dating_day_before", "speed_dating"),
    ("speed_dating_published_candidate", "speed_dating"),
    ("speed_dating_published_employer", "speed_dating"),
    ("speed_dating_two_days_before", "speed_dating"),
    ("speed_dating_week_before", "speed_dating"),
];

/// What has become of the appointment: each says other words.
const OCCASIONS: [(&str, &str, &str); 5] = [
    ("planned", "", ""),
    ("moved", "2026-11-24T09:30:00", ""),
    ("cancelled", "", "SESSION_CANCELLED"),
    ("cancelled", "", "PARTICIPATION_CANCELLED"),
    ("cancelled", "", "PARTICIPANT_WITHDREW"),
];

#[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
#[tokio::test]
async fn every_mail_is_beyond_suspicion_in_both_languages() {
    let Some(filter) = env::var_os("SPAMASSASSIN").map(PathBuf::from) else {
        eprintln!("skipped: SPAMASSASSIN is not set; use tests/run");
        return;
    };
    let declared: BTreeSet<String> = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"))
        .unwrap()
        .filter_map(|file| {
            let name = file.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".fr.subject").map(str::to_owned)
        })
        .collect();
    let tried: BTreeSet<String> = TEMPLATES.map(|(name, _)| name.to_owned()).into();
    assert_eq!(tried, declared, "every template of a mail is tried");

    let server = Server::start(Encryption::None).await;
    let stage = Stage::with(settings(&server)).await;
    stage.service.run();
    let kinds = contracts::kinds::all().unwrap();
    let mut sent = Vec::new();
    for (template, kind) in TEMPLATES {
        let occasions = if template.contains("changed") {
            &OCCASIONS[..]
        } else {
            &OCCASIONS[..1]
        };
        for occasion in occasions {
            for language in ["fr", "en"] {
                let due = due(&stage, template, language, |item| {
                    fill(item, &kinds[kind], *occasion);
                });
                stage.publish(vec![due.clone()]).await;
                assert_eq!(stage.settled(&due).await.outcome(), Outcome::Sent, "{template}");
                sent.push(format!("{template}.{language} ({} {})", occasion.0, occasion.2));
            }
        }
    }
    let mails = server.taken();
    assert_eq!(mails.len(), sent.len());
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = mails
        .iter()
        .enumerate()
        .map(|(number, (to, mail))| {
            let file = folder.path().join(format!("{number:03}.eml"));
            fs::write(&file, received(to, mail)).unwrap();
            file
        })
        .collect();
    let judged = judge(&filter, folder.path(), &files);
    assert_eq!(judged.len(), sent.len());
    let mut suspect = Vec::new();
    for (name, (score, tests)) in sent.iter().zip(&judged) {
        if *score >= MOST {
            suspect.push(format!("{name} scores {score}: {tests}"));
        }
    }
    assert!(suspect.is_empty(), "{}", suspect.join("\n"));
}

/// A mail that is spam by everybody's word, so that a filter which lets all pass is seen.
const GTUBE: &str = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

/// What the filter says of each: its score, and the tests that made it. A last mail is spam, and must be seen as such.
fn judge(filter: &Path, home: &Path, files: &[PathBuf]) -> Vec<(f64, String)> {
    let spam = home.join("spam.eml");
    fs::write(&spam, format!("Subject: hello\r\n\r\n{GTUBE}\r\n")).unwrap();
    let done = Command::new(filter)
        // Local tests only; nothing learnt, nothing kept, nothing of the user's.
        .args(["--local", "--nocreate-prefs", "--prefs-file=/dev/null"])
        .args([
            "--cf=use_bayes 0",
            "--cf=use_auto_welcomelist 0",
            "--cf=report_safe 0",
        ])
        .args([
            "--cf=fold_headers 0",
            "--cf=add_header all Judged score=_SCORE_ tests=_TESTSSCORES(,)_",
        ])
        .args(files)
        .arg(&spam)
        .env("HOME", home)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&done.stdout);
    let said = String::from_utf8_lossy(&done.stderr);
    let mut judged: Vec<(f64, String)> = text
        .lines()
        .filter_map(|line| line.strip_prefix("X-Spam-Judged: score="))
        .map(|line| {
            let (score, tests) = line.split_once(" tests=").unwrap();
            (score.parse().unwrap(), tests.to_owned())
        })
        .collect();
    let (worst, _) = judged.pop().unwrap_or_else(|| panic!("the filter said: {said}"));
    assert!(worst > 500.0, "the filter lets everything pass: {worst}\n{said}");
    judged
}

/// As a recipient's server keeps it: from our server, over an encrypted line, at the time that it bears.
fn received(to: &str, mail: &str) -> String {
    let date = mail.lines().find_map(|line| line.strip_prefix("Date: ")).unwrap();
    format!(
        "Return-Path: <rendez-vous@rdv.exemple.fr>\r\n\
         Received: from mail.rdv.exemple.fr (mail.rdv.exemple.fr [IPv6:2001:db8::25])\r\n\
         \tby mx.example.org (Postfix) with ESMTPS id 4XyZ12abcd\r\n\
         \tfor <{to}>; {date}\r\n{mail}"
    )
}

fn settings(server: &Server) -> Settings {
    Settings {
        public_url: "https://rdv.exemple.fr".to_owned(),
        sender: Sender {
            name: "Maison de l’emploi".to_owned(),
            address: "rendez-vous@rdv.exemple.fr".to_owned(),
        },
        smtp: Some(SmtpSettings {
            host: "localhost".to_owned(),
            port: server.port,
            tls: Tls::None,
            hello: "mail.rdv.exemple.fr".to_owned(),
            ..SmtpSettings::default()
        }),
        ..Settings::default()
    }
}

/// A delivery by mail of a template, about one item.
fn due(stage: &Stage, template: &str, language: &str, change: impl Fn(&mut ReleasedItem)) -> DueDelivery {
    let person = stage.person(|person| {
        person.mobile.clear();
        language.clone_into(&mut person.language);
    });
    let due = stage.due(person, |due| template.clone_into(&mut due.template));
    let mut item = granted::item(&due, 1);
    change(&mut item);
    let id = due.delivery_id.parse().unwrap();
    stage.peers.world().items.insert(id, vec![item]);
    due
}

/// Gives an item the kind, with all facts that it may have.
fn fill(item: &mut ReleasedItem, kind: &Kind, (occasion, before, reason): (&str, &str, &str)) {
    occasion.clone_into(&mut item.occasion);
    before.clone_into(&mut item.previous_starts_local);
    let milestone = item.milestone.as_mut().unwrap();
    milestone.kind.clone_from(&kind.kind);
    if !reason.is_empty() {
        milestone.set_state(MilestoneState::Cleared);
        reason.clone_into(&mut milestone.cleared_reason);
    }
    milestone.facts.retain(|name, _| kind.facts.contains_key(name));
    for (name, declared) in &kind.facts {
        let value = match declared.kind {
            FactType::Text => Value::Text("Rencontres de l’automne".to_owned()),
            FactType::Number => Value::Number(3),
            FactType::Flag => Value::Flag(false),
            FactType::List => Value::List(FactList {
                items: vec![FactItem::default()],
            }),
        };
        let fact = Fact { value: Some(value) };
        milestone.facts.entry(name.clone()).or_insert(fact);
    }
}
