use super::{Channel, address_hash};

/// How a person can be reached at this instant: what the directory says, less what providers refused for good.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Reachable {
    /// The identity was forgotten.
    pub erased: bool,
    /// For greetings and the envelope.
    pub given_name: String,
    /// For the envelope only.
    pub family_name: String,
    /// Empty when there is none.
    pub mail: String,
    /// E.164; empty when there is none.
    pub mobile: String,
    /// ISO 639-1.
    pub language: String,
    /// Channels that the person refused.
    pub opted_out: Vec<Channel>,
    /// The channel the person prefers, if they said so.
    pub preferred: Option<Channel>,
    /// Channels whose address a provider refused for good.
    pub suppressed: Vec<Channel>,
    /// Whether the person stopped what is not strictly necessary.
    pub unsubscribed: bool,
    /// The organisation that keeps the person's data.
    pub owner: Option<uuid::Uuid>,
}

impl Reachable {
    /// Where a channel reaches the person; empty when they have no such address, or refused the channel.
    pub fn address(&self, channel: Channel) -> &str {
        match channel {
            Channel::Mail => &self.mail,
            Channel::Sms => &self.mobile,
        }
    }

    /// The digest of that address; none when it is empty.
    pub fn address_hash(&self, channel: Channel) -> Option<Vec<u8>> {
        let address = self.address(channel);
        (!address.is_empty()).then(|| address_hash(channel, address))
    }
}

/// What the route gives at hand-over.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Choice {
    /// This channel, to this address.
    Send(Channel, String),
    /// Nothing is to be sent, and why.
    Suppress(&'static str),
    /// Every channel that there was has been refused by a provider.
    Fail(&'static str),
}

/// The first channel of the route that the template offers, that the person has not refused, and that has an address;
/// the person's preferred channel comes first when the route has it.
pub fn choose(
    route: &[Channel],
    refused: &[Channel],
    offers: impl Fn(Channel) -> bool,
    person: Option<&Reachable>,
) -> Choice {
    let Some(person) = person else {
        return Choice::Suppress("unknown_person");
    };
    if person.erased {
        return Choice::Suppress("erased");
    }
    let mut route: Vec<Channel> = route.to_vec();
    route.sort_by_key(|channel| Some(*channel) != person.preferred);
    let (mut opted_out, mut suppressed) = (false, false);
    for channel in route {
        if !offers(channel) || refused.contains(&channel) {
            continue;
        }
        if person.opted_out.contains(&channel) {
            opted_out = true;
        } else if person.suppressed.contains(&channel) {
            suppressed = true;
        } else {
            let address = person.address(channel);
            if !address.is_empty() {
                return Choice::Send(channel, address.to_owned());
            }
        }
    }
    if !refused.is_empty() {
        Choice::Fail("refused")
    } else if opted_out {
        Choice::Suppress("opted_out")
    } else if suppressed {
        Choice::Suppress("address_refused")
    } else {
        Choice::Suppress("no_channel")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Channel; 2] = [Channel::Sms, Channel::Mail];

    fn person() -> Reachable {
        Reachable {
            mail: "a@example.org".to_owned(),
            mobile: "+33639980001".to_owned(),
            ..Reachable::default()
        }
    }

    fn chosen(change: impl Fn(&mut Reachable)) -> Choice {
        let mut person = person();
        change(&mut person);
        choose(&BOTH, &[], |_| true, Some(&person))
    }

    #[test]
    fn the_route_decides_and_an_address_is_needed() {
        assert_eq!(
            chosen(|_| {}),
            Choice::Send(Channel::Sms, "+33639980001".to_owned())
        );
        assert_eq!(
            chosen(|p| p.mobile.clear()),
            Choice::Send(Channel::Mail, "a@example.org".to_owned())
        );
        assert_eq!(
            chosen(|p| {
                p.mobile.clear();
                p.mail.clear();
            }),
            Choice::Suppress("no_channel")
        );
    }

    #[test]
    fn the_persons_wish_comes_first_and_a_refusal_is_obeyed() {
        assert!(matches!(
            chosen(|p| p.preferred = Some(Channel::Mail)),
            Choice::Send(Channel::Mail, _)
        ));
        assert!(matches!(
            chosen(|p| p.opted_out = vec![Channel::Sms]),
            Choice::Send(Channel::Mail, _)
        ));
        assert_eq!(
            chosen(|p| p.opted_out = BOTH.to_vec()),
            Choice::Suppress("opted_out")
        );
        assert_eq!(
            chosen(|p| p.suppressed = BOTH.to_vec()),
            Choice::Suppress("address_refused")
        );
        assert_eq!(chosen(|p| p.erased = true), Choice::Suppress("erased"));
        assert_eq!(
            choose(&BOTH, &[], |_| true, None),
            Choice::Suppress("unknown_person")
        );
    }

    #[test]
    fn a_channel_that_a_provider_refused_is_passed_over_and_none_left_is_a_failure() {
        let person = person();
        let after = |refused: &[Channel]| choose(&BOTH, refused, |_| true, Some(&person));
        assert!(matches!(after(&[Channel::Sms]), Choice::Send(Channel::Mail, _)));
        assert_eq!(after(&BOTH), Choice::Fail("refused"));
        assert_eq!(
            choose(
                &[Channel::Sms],
                &[],
                |channel| channel == Channel::Mail,
                Some(&person)
            ),
            Choice::Suppress("no_channel")
        );
    }
}
