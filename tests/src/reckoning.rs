//! What must hold after kills, whoever was killed: every reminder at the mail server or with a reason, copies only where
//! an attempt is recorded as unknown.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;
use contracts::{
    notifier::v1::GetDeliveryRequest,
    scheduler::v1::{Reminder, ReminderState},
};
use jalon::client::Clients;

use crate::{coordinator::Coordinator, mails::MailServer, telling::reminders};

/// What arrived, by the address that it was for: how often each Message-ID did.
pub type Arrived = BTreeMap<String, BTreeMap<String, usize>>;

/// What became of the reminders of a session.
#[derive(Clone, Debug, Default)]
pub struct Reckoning {
    /// Sent, and at the mail server.
    pub told: usize,
    /// Mails that came more than once.
    pub copies: usize,
    /// Attempts whose end nobody knows.
    pub unknown: usize,
    /// Not told, by reason.
    pub reasons: BTreeMap<String, usize>,
}

impl Reckoning {
    /// Told, or not for a reason.
    pub fn accounted(&self) -> usize {
        self.told + self.reasons.values().sum::<usize>()
    }

    /// Given up as unknown.
    pub fn given_up(&self) -> usize {
        self.reasons.get("unknown").copied().unwrap_or_default()
    }
}

/// Publishes a session of so many candidates: all of them are told now.
pub async fn publish_to(clients: &Clients, count: usize) -> Result<Coordinator> {
    let coordinator = Coordinator::create(clients, "2026-12-16").await?;
    let (employers, candidates, wishes) = tables(count);
    coordinator.import(&employers, &candidates, &wishes).await?;
    let timetable = coordinator.timetable().await?;
    coordinator.publish(timetable.number).await?;
    Ok(coordinator)
}

/// So many reminders that makes.
pub fn concerned(count: usize) -> usize {
    count + count.div_ceil(25)
}

/// Waits until so many were told or failed and nothing that is due waits.
pub async fn settle(clients: &Clients, count: usize) -> Result<()> {
    let started = Instant::now();
    loop {
        let (scheduler, notifier) = clients.statuses().await?;
        // Events may still lie in an inbox: quiet is not enough, all must have been told.
        let told = usize::try_from(scheduler.sent + scheduler.failed)? >= count;
        if told && scheduler.queued == 0 && notifier.ready == 0 && notifier.waiting == 0 {
            return Ok(());
        }
        anyhow::ensure!(
            started.elapsed() < Duration::from_mins(5),
            "still waiting: {scheduler:?} {notifier:?}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What a mail server that is not ours has taken.
pub fn arrived(server: &MailServer, python: &Path) -> Result<Arrived> {
    let mut arrived = Arrived::new();
    for mail in server.mails(python, None)? {
        let [to] = mail.to.as_slice() else {
            anyhow::bail!("{} is to {:?}", mail.file, mail.to);
        };
        let of = arrived.entry(to.clone()).or_default();
        *of.entry(mail.message_id).or_default() += 1;
    }
    Ok(arrived)
}

/// Compares what the ledger says with what arrived. Who was not told was not for one of these reasons.
///
/// # Panics
/// When a reminder is nowhere, or a copy is not known as possible.
pub async fn reckon(coordinator: &Coordinator, mut arrived: Arrived, reasons: &[&str]) -> Result<Reckoning> {
    let clients = &coordinator.clients;
    let mut by_person: BTreeMap<String, Vec<Reminder>> = BTreeMap::new();
    for reminder in reminders(clients, "").await? {
        if !reminder.delivery_id.is_empty() {
            let person = reminder.recipient_person_id.clone();
            by_person.entry(person).or_default().push(reminder);
        }
    }
    let mut reckoning = Reckoning::default();
    for registration in coordinator.registrations().await? {
        let code = &registration.code;
        let mails = arrived.remove(&address(code)?).unwrap_or_default();
        let of_person = by_person.remove(&registration.person_id).unwrap_or_default();
        let (sent, rest): (Vec<_>, Vec<_>) = of_person
            .into_iter()
            .partition(|reminder| reminder.state() == ReminderState::Sent);
        if !rest.is_empty() {
            for reminder in rest {
                assert!(
                    reasons.contains(&reminder.reason.as_str()),
                    "{code}: {reminder:?}"
                );
                let perhaps = reminder.reason == "unknown" && reminder.uncertain;
                assert!(
                    perhaps || mails.is_empty(),
                    "{code} got what was given up: {reminder:?}"
                );
                *reckoning.reasons.entry(reminder.reason).or_default() += 1;
            }
            continue;
        }
        assert_eq!(
            mails.len(),
            sent.len(),
            "mails that {code} got, and reminders that were sent"
        );
        let mut possible = 0;
        for reminder in sent.iter().filter(|reminder| reminder.uncertain) {
            possible += unknown_attempts(clients, &reminder.delivery_id).await?;
        }
        let more = mails.values().sum::<usize>() - mails.len();
        assert!(
            more <= possible,
            "{code} got {more} copies, and {possible} attempts are recorded as unknown"
        );
        reckoning.told += sent.len();
        reckoning.copies += more;
        reckoning.unknown += possible;
    }
    assert!(arrived.is_empty(), "mails to nobody that was told: {arrived:?}");
    Ok(reckoning)
}

async fn unknown_attempts(clients: &Clients, delivery_id: &str) -> Result<usize> {
    let request = GetDeliveryRequest {
        delivery_id: delivery_id.to_owned(),
    };
    let delivery = clients.notifier.clone().get_delivery(request).await?.into_inner();
    let attempts = delivery.attempts.iter();
    Ok(attempts.filter(|attempt| attempt.state == "unknown").count())
}

/// A row more.
fn row(text: &mut String, cells: std::fmt::Arguments<'_>) {
    text.push_str(&cells.to_string());
}

/// So many candidates with one wish each, twenty-five for an employer: all of them are told at publication.
pub fn tables(count: usize) -> (String, String, String) {
    let mut employers = "employeur;raison_sociale;secteur;poste;recruteurs;contact;courriel;telephone;arrivee;depart;rendez_vous_max\r\n".to_owned();
    let mut candidates =
        "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent\r\n".to_owned();
    let mut wishes = "candidat;employeur;rang;avis_employeur;conseille_par_referent\r\n".to_owned();
    let number = count.div_ceil(25);
    for employer in 0..number {
        row(
            &mut employers,
            format_args!(
                "E{employer:03};Entreprise {employer};Commerce;Poste;2;Dominique Martin{employer};e{employer}@example.com;;09:00;12:30;\r\n"
            ),
        );
    }
    for candidate in 0..count {
        row(
            &mut candidates,
            format_args!(
                "C{candidate:04};Camille;Dupont{candidate};c{candidate}@example.org;;fr;;09:00;12:30;1;\r\n"
            ),
        );
        let employer = candidate % number;
        row(
            &mut wishes,
            format_args!("C{candidate:04};E{employer:03};1;;\r\n"),
        );
    }
    (employers, candidates, wishes)
}

/// The address in the tables, by code: C0012 is c12@example.org, E003 is e3@example.com.
fn address(code: &str) -> Result<String> {
    let (letter, number) = code.split_at(1);
    let domain = if letter == "C" { "org" } else { "com" };
    let number: usize = number.parse()?;
    Ok(format!("{}{number}@example.{domain}", letter.to_lowercase()))
}
