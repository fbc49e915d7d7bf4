use std::borrow::Cow;

/// Why a reminder was not told, or did not leave. Empty when there is nothing to explain.
pub(crate) fn skipped(reason: &str) -> Cow<'_, str> {
    Cow::Borrowed(match reason {
        "" => "",
        "superseded" => "remplacé par un message plus récent, après un changement",
        "cancelled" => "ce qu’il annonçait n’a plus lieu, ou la personne n’en fait plus partie",
        "too_late" => "il serait arrivé trop tard pour être utile",
        "condition" => "la condition de la règle n’est plus remplie",
        "reverted" => "le changement a été défait avant l’envoi",
        "policy_changed" => "la règle de rappel a changé",
        "duplicate" => "un autre rappel dit la même chose",
        "erased" => "la personne a été effacée",
        "opted_out" => "la personne a refusé ce moyen de contact",
        "no_channel" => "aucune adresse ni mobile utilisable",

        "unknown" => "sans réponse du transporteur\u{a0}: la personne a pu le recevoir ou non",
        "refused" => "refusé par le transporteur",
        "refused_until_too_late" => "refusé à chaque essai, jusqu’à ce qu’il soit trop tard",
        "address_refused" => "l’adresse a déjà été refusée comme inexistante",
        "unknown_person" => "la personne n’est plus connue",
        "template" | "unreadable" => "le message n’a pas pu être écrit\u{a0}: voir le journal du serveur",
        other => return Cow::Owned(format!("raison «\u{a0}{other}\u{a0}»")),
    })
}

/// Why a session was cancelled: what the organiser wrote.
pub(crate) fn cancelled(reason: &str) -> Cow<'_, str> {
    match reason {
        "" => Cow::Borrowed("sans raison notée"),
        text => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_came_later_is_shown_as_it_is() {
        assert_eq!(skipped("brand_new"), "raison «\u{a0}brand_new\u{a0}»");
        assert_eq!(skipped(""), "");
    }
}
