//! Job datings of any size, made up from a seed.

use std::collections::{BTreeMap, BTreeSet};

use rand::{Rng as _, SeedableRng as _, seq::index};
use rand_chacha::ChaCha20Rng;

/// How big.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Employers; one in three has two recruiters.
    pub employers: usize,
    /// Candidates.
    pub candidates: usize,
    /// Wishes of a candidate, at most.
    pub wishes: usize,
}

/// Three tables of one session, and what a timetable of it may not break.
pub struct Crowd {
    /// As a spreadsheet saves them.
    pub employers: String,
    /// As a spreadsheet saves them.
    pub candidates: String,
    /// As a spreadsheet saves them.
    pub wishes: String,
    /// Presence by code: "09:00", "12:30".
    pub presence: BTreeMap<String, (&'static str, &'static str)>,
    /// Recruiters by employer.
    pub recruiters: BTreeMap<String, usize>,
    /// Candidate and employer that an employer refused.
    pub refused: BTreeSet<(String, String)>,
}

const PRESENCES: [(&str, &str); 4] = [
    ("09:00", "12:30"),
    ("09:00", "12:30"),
    ("09:00", "11:00"),
    ("10:30", "12:30"),
];
const OPINIONS: [&str; 6] = ["", "", "oui", "oui", "prioritaire", "non"];

impl Crowd {
    /// The same for the same seed.
    pub fn generate(size: Size, seed: u64) -> Self {
        let mut chance = ChaCha20Rng::seed_from_u64(seed);
        let mut crowd = Self {
            employers: "employeur;raison_sociale;secteur;poste;recruteurs;contact;courriel;telephone;arrivee;depart;rendez_vous_max\r\n".to_owned(),
            candidates: "candidat;prenom;nom;courriel;mobile;langue;accessibilite;arrivee;depart;rendez_vous_max;referent\r\n".to_owned(),
            wishes: "candidat;employeur;rang;avis_employeur;conseille_par_referent\r\n".to_owned(),
            presence: BTreeMap::new(),
            recruiters: BTreeMap::new(),
            refused: BTreeSet::new(),
        };
        for number in 0..size.employers {
            crowd.add_employer(number, &mut chance);
        }
        for number in 0..size.candidates {
            crowd.add_candidate(number, size, &mut chance);
        }
        crowd
    }

    fn add_employer(&mut self, number: usize, chance: &mut ChaCha20Rng) {
        let code = employer(number);
        let recruiters = if chance.random_ratio(1, 3) { 2 } else { 1 };
        let (arrives, leaves) = PRESENCES[chance.random_range(0..PRESENCES.len())];
        let company = format!("Maison {number}");
        let contact = format!("Dominique Contact{number}");
        let mail = format!("contact{number}@example.com");
        add(
            &mut self.employers,
            &[
                &code,
                &company,
                "Services",
                "Poste",
                &recruiters.to_string(),
                &contact,
                &mail,
                "",
                arrives,
                leaves,
                "",
            ],
        );
        self.presence.insert(code.clone(), (arrives, leaves));
        self.recruiters.insert(code, recruiters);
    }

    fn add_candidate(&mut self, number: usize, size: Size, chance: &mut ChaCha20Rng) {
        let code = format!("C{number:04}");
        let (arrives, leaves) = PRESENCES[chance.random_range(0..PRESENCES.len())];
        // Most have both, some only one: what reaches whom is the notifier's to find.
        let mail = match chance.random_range(0..4) {
            0 => String::new(),
            _ => format!("candidat{number}@example.org"),
        };
        let mobile = if mail.is_empty() || chance.random_ratio(1, 2) {
            format!("06 39 98 {:02} {:02}", number / 100 % 100, number % 100)
        } else {
            String::new()
        };
        let language = if chance.random_ratio(1, 10) { "en" } else { "fr" };
        let name = format!("Personne{number}");
        let most = chance.random_range(2..=6).to_string();
        add(
            &mut self.candidates,
            &[
                &code, "Camille", &name, &mail, &mobile, language, "", arrives, leaves, &most, "",
            ],
        );
        self.presence.insert(code.clone(), (arrives, leaves));
        let wanted = chance.random_range(1..=size.wishes).min(size.employers);
        for (rank, wished) in index::sample(chance, size.employers, wanted).iter().enumerate() {
            let opinion = OPINIONS[chance.random_range(0..OPINIONS.len())];
            let rank = (rank + 1).to_string();
            add(&mut self.wishes, &[&code, &employer(wished), &rank, opinion, ""]);
            if opinion == "non" {
                self.refused.insert((code.clone(), employer(wished)));
            }
        }
    }
}

fn add(table: &mut String, cells: &[&str]) {
    table.push_str(&cells.join(";"));
    table.push_str("\r\n");
}

fn employer(number: usize) -> String {
    format!("E{number:03}")
}
