use super::{Checked, Kinds, check};

const DOCUMENTS: [&str; 9] = [
    include_str!("../../policies/speed-dating-published.yaml"),
    include_str!("../../policies/speed-dating-candidate.yaml"),
    include_str!("../../policies/speed-dating-changed.yaml"),
    include_str!("../../policies/employer-confirmation.yaml"),
    include_str!("../../policies/employer-confirmation-changed.yaml"),
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
                "speed-dating-published: Dès que c'est fixé, par mail s'il y a une adresse, sinon par SMS, aux \
                 candidat·es et aux contacts des employeurs, si la personne n'a encore rien reçu, entre 8 h et 20 h \
                 du lundi au samedi hors jours fériés.",
                "speed-dating-candidate: Sept jours avant, par mail ; 48 heures avant, par SMS s'il y a un mobile, \
                 sinon par mail ; un jour ouvré avant à 17 h, par SMS s'il y a un mobile, sinon par mail, aux \
                 candidat·es, entre 8 h et 20 h du lundi au samedi hors jours fériés.",
                "speed-dating-changed: En cas d'annulation ou de changement (horaire, titre, date, lieu, adresse, \
                 heure d'arrivée, rencontres, liste complète des rencontres), tout ce qui change en deux minutes dans un seul message, par mail s'il \
                 y a une adresse, sinon par SMS (à moins de 48 heures : par SMS s'il y a un mobile, sinon par mail), aux candidat·es, par mail, \
                 aux contacts des employeurs, si la personne a déjà été prévenue, entre 8 h et 20 h du lundi au \
                 samedi hors jours fériés.",
                "employer-confirmation: Dix jours avant et cinq jours avant, par mail, aux contacts des employeurs, \
                 si l'employeur n'a pas confirmé, entre 8 h et 19 h les jours ouvrés.",
                "employer-confirmation-changed: En cas d'annulation ou de changement (horaire, titre, date, lieu, adresse), \
                 tout ce qui change en deux minutes dans un seul message, par mail s'il y a une adresse, sinon par SMS, \
                 aux contacts des employeurs, si la personne a déjà été prévenue et si la personne n'a rien reçu d'autre \
                 à ce sujet, entre 8 h et 20 h du lundi au samedi hors jours fériés.",
                "outcomes-employer: Un jour ouvré après à 9 h, sept jours après et 30 jours après, par mail, aux \
                 contacts des employeurs, s'il reste des résultats à noter, entre 8 h et 19 h les jours ouvrés.",
                "outcomes-coordinator: Un jour ouvré après à 9 h, sept jours après et 30 jours après, par mail, à la \
                 coordination, s'il reste des résultats à noter, le tout en un seul message à 8 h 30 du lundi au \
                 vendredi, entre 8 h et 19 h les jours ouvrés.",
                "account-invitation: Dès que c'est fixé, par mail, aux membres de l'équipe, à toute heure.",
                "account-reset: Dès que c'est fixé, par mail, aux membres de l'équipe, à toute heure.",
            ]
        );
        let english: Vec<_> = built_in.policies.iter().map(Policy::reading_in_english).collect();
        assert_eq!(
            english,
            [
                "As soon as it is set, by mail if there is an address, else by SMS, to candidates and employer \
                 contacts, if the person was told nothing yet, between 8:00 and 20:00, Monday to Saturday except \
                 public holidays.",
                "Seven days before, by mail; 48 hours before, by SMS if there is a mobile, else by mail; one business \
                 day before at 17:00, by SMS if there is a mobile, else by mail, to candidates, between 8:00 and \
                 20:00, Monday to Saturday except public holidays.",
                "When it is cancelled or it changes (time, title, date, venue, address, hour of arrival, meetings, \
                 full list of meetings), gathered over two minutes, by mail if there is an address, else by SMS (with less than 48 hours \
                 left: by SMS if there is a mobile, else by mail), to candidates, by mail, to employer contacts, if \
                 the person was told before, between 8:00 and 20:00, Monday to Saturday except public holidays.",
                "Ten days before and five days before, by mail, to employer contacts, if the employer has not \
                 confirmed, between 8:00 and 19:00 on business days.",
                "When it is cancelled or it changes (time, title, date, venue, address), gathered over two minutes, by \
                 mail if there is an address, else by SMS, to employer contacts, if the person was told before and if \
                 the person was told nothing else of it, between 8:00 and 20:00, Monday to Saturday except public \
                 holidays.",
                "One business day after at 09:00, seven days after and 30 days after, by mail, to employer contacts, \
                 if outcomes are still to be noted, between 8:00 and 19:00 on business days.",
                "One business day after at 09:00, seven days after and 30 days after, by mail, to coordinators, if \
                 outcomes are still to be noted, gathered in one message at 8:30 from Monday to Friday, between 8:00 \
                 and 19:00 on business days.",
                "As soon as it is set, by mail, to members of the team, at any hour.",
                "As soon as it is set, by mail, to members of the team, at any hour.",
            ]
        );
    }
}
