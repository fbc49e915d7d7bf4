use super::{Checked, Kinds, check};

const DOCUMENTS: [&str; 8] = [
    include_str!("../../policies/speed-dating-published.yaml"),
    include_str!("../../policies/speed-dating-candidate.yaml"),
    include_str!("../../policies/speed-dating-changed.yaml"),
    include_str!("../../policies/employer-confirmation.yaml"),
    include_str!("../../policies/outcomes-employer.yaml"),
    include_str!("../../policies/outcomes-coordinator.yaml"),
    include_str!("../../policies/account-invitation.yaml"),
    include_str!("../../policies/account-reset.yaml"),
];

/// The policies that come with the program: rules R01, R02, R04 and R37 to R40 of DOMAIN.md for a
/// session, and the links to accounts of the staff.
pub fn built_in(kinds: &Kinds) -> Checked {
    let mut all = Checked::default();
    for text in DOCUMENTS {
        let mut checked = check(text, kinds);
        all.problems.append(&mut checked.problems);
        for mut policy in checked.policies {
            policy.built_in = true;
            text.clone_into(&mut policy.document);
            all.policies.push(policy);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn the_policies_that_come_along_are_right_and_read_as_sentences() {
        let built_in = built_in(&contracts::kinds::all().unwrap());
        assert_eq!(built_in.problems, []);
        let readings: Vec<_> = built_in
            .policies
            .iter()
            .map(|policy| format!("{}: {}", policy.name, policy.reading()))
            .collect();
        assert_eq!(
            readings,
            [
                "speed-dating-published: Dès que c'est fixé, par mail s'il y a une adresse, sinon par SMS, à candidat et \
                 contact employeur, si `!told`, entre 8 h et 20 h du lundi au samedi hors jours fériés.",
                "speed-dating-candidate: Sept jours avant, par mail ; 48 heures avant, par SMS s'il y a un mobile, sinon par \
                 mail ; un jour ouvré avant à 17 h, par SMS s'il y a un mobile, sinon par mail, à candidat, entre 8 h et \
                 20 h du lundi au samedi hors jours fériés.",
                "speed-dating-changed: En cas de changement d'horaire, d'annulation ou de changement de session_title, \
                 session_date, venue_name, venue_address, arrival, meetings (regroupés sur deux minutes), par mail s'il y a \
                 une adresse, sinon par SMS (par SMS s'il y a un mobile, sinon par mail à moins de 48 heures), à \
                 candidat, par mail, à contact employeur, si `told`, entre 8 h et 20 h du lundi au samedi hors jours \
                 fériés.",
                "employer-confirmation: Dix jours avant et cinq jours avant, par mail, à contact employeur, si \
                 `!facts.confirmed`, entre 8 h et 19 h les jours ouvrés.",
                "outcomes-employer: Un jour ouvré après à 9 h, sept jours après et 30 jours après, par mail, à contact \
                 employeur, si `facts.outcomes_missing > 0`, entre 8 h et 19 h les jours ouvrés.",
                "outcomes-coordinator: Un jour ouvré après à 9 h, sept jours après et 30 jours après, par mail, à \
                 coordinateur, si `facts.outcomes_missing > 0`, regroupés en un seul message (cron `0 30 8 * * Mon-Fri`), \
                 entre 8 h et 19 h les jours ouvrés.",
                "account-invitation: Dès que c'est fixé, par mail, à membre de l'équipe, à toute heure.",
                "account-reset: Dès que c'est fixé, par mail, à membre de l'équipe, à toute heure.",
            ]
        );
        let english: Vec<_> = built_in.policies.iter().map(Policy::reading_in_english).collect();
        assert_eq!(
            english,
            [
                "As soon as it is set, by mail if there is an address, else by SMS, to candidates and employer contacts, if \
                 `!told`, between 8:00 and 20:00, Monday to Saturday except public holidays.",
                "Seven days before, by mail; 48 hours before, by SMS if there is a mobile, else by mail; one business day \
                 before at 17:00, by SMS if there is a mobile, else by mail, to candidates, between 8:00 and 20:00, Monday to \
                 Saturday except public holidays.",
                "When the time changes, it is cancelled or one of session_title, session_date, venue_name, venue_address, \
                 arrival, meetings changes (changes within two minutes told once), by mail if there is an address, else by SMS \
                 (by SMS if there is a mobile, else by mail with less than 48 hours left), to candidates, by mail, to employer \
                 contacts, if `told`, between 8:00 and 20:00, Monday to Saturday except \
                 public holidays.",
                "Ten days before and five days before, by mail, to employer contacts, if `!facts.confirmed`, between 8:00 and \
                 19:00 on business days.",
                "One business day after at 09:00, seven days after and 30 days after, by mail, to employer contacts, if \
                 `facts.outcomes_missing > 0`, between 8:00 and 19:00 on business days.",
                "One business day after at 09:00, seven days after and 30 days after, by mail, to coordinators, if \
                 `facts.outcomes_missing > 0`, gathered in one message (cron `0 30 8 * * Mon-Fri`), between 8:00 and 19:00 on \
                 business days.",
                "As soon as it is set, by mail, to members of the team, at any hour.",
                "As soon as it is set, by mail, to members of the team, at any hour.",
            ]
        );
    }
}
