//! A few conversations for an empty database, so that a new page has something to show.

use serde_json::Value;

use crate::clock::Timestamp;
use crate::model::{NewMessage, Role, User};
use crate::store::Store;

struct Seed {
    id: &'static str,
    title: &'static str,
    status: &'static str,
    customer: (&'static str, &'static str),
    lines: &'static [Line],
}

/// How many minutes ago, who, what.
type Line = (i64, Who, &'static str);

#[derive(Clone, Copy)]
enum Who {
    Ana,
    Customer,
}
use Who::{Ana, Customer};

/// Fills the database, unless it holds something.
pub(crate) async fn plant(store: &Store) -> anyhow::Result<()> {
    let ana = User { id: "agent_ana".into(), name: "Ana".into(), role: Role::Agent };
    if !store.conversations(&ana).await?.is_empty() || !store.claim("seeded").await? {
        return Ok(());
    }
    store.save_user(&ana).await?;
    for seed in SEEDS {
        plant_one(store, &ana, seed).await?;
    }
    Ok(())
}

async fn plant_one(store: &Store, ana: &User, seed: &Seed) -> anyhow::Result<()> {
    let (id, name) = seed.customer;
    let customer = User { id: id.into(), name: name.into(), role: Role::Customer };
    store.save_user(&customer).await?;

    let now = Timestamp::now();
    let opened_at = seed.lines.first().map_or(now, |(minutes, ..)| now.minutes_before(*minutes));
    let participants = [ana.id.clone(), customer.id.clone()];
    store.create_conversation(seed.id, seed.title, seed.status, opened_at, &participants).await?;
    for (minutes, who, text) in seed.lines {
        let sender = match who {
            Ana => ana,
            Customer => &customer,
        };
        let message = NewMessage { client_id: None, content: Value::from(*text) };
        store.insert_message(seed.id, sender, &message, now.minutes_before(*minutes)).await?;
    }
    Ok(())
}

const SEEDS: &[Seed] = &[
    Seed {
        id: "conv_invoice",
        title: "Invoice for March shows the old address",
        status: "resolved",
        customer: ("cust_yuki", "Yuki Tanaka"),
        lines: &[
            (4_405, Customer, "Hello, my March invoice still shows our old address."),
            (4_398, Ana, "Hi Yuki, thanks for telling us. Which address should it be?"),
            (4_390, Customer, "12 Harbour Street, second floor. The rest is the same."),
            (4_371, Ana, "Changed, and a corrected invoice is on its way to your inbox."),
            (4_350, Customer, "Got it, that was quick. Thank you!"),
            (4_348, Ana, "My pleasure. Have a good day!"),
        ],
    },
    Seed {
        id: "conv_login",
        title: "Cannot log in on the new phone",
        status: "pending",
        customer: ("cust_samir", "Samir Haddad"),
        lines: &[
            (1_530, Customer, "I have a new phone and the app does not accept my code."),
            (1_522, Ana, "Sorry about that, Samir. Is the phone's clock set automatically?"),
            (1_519, Customer, "No, it was three minutes off!"),
            (1_518, Customer, "Set it now, but it still says the code is wrong."),
            (1_509, Ana, "Then the code belongs to the old phone. I have sent you a link to register the new one."),
            (1_441, Ana, "Did the link work for you? It is good for two days."),
        ],
    },
    Seed {
        id: "conv_upgrade",
        title: "Moving from Starter to Team",
        status: "open",
        customer: ("cust_greta", "Greta Lind"),
        lines: &[
            (212, Customer, "We are five people now. What happens to our data if we move to Team?"),
            (205, Ana, "Everything stays where it is, Greta. You only gain seats and the shared inbox."),
            (203, Customer, "And do we pay for the whole month?"),
            (199, Ana, "Only for the days that are left of it."),
            (187, Customer, "Perfect. Can you do it for us, or do I?"),
            (185, Ana, "You can, under Settings, Plan. I am here if anything looks odd."),
            (64, Customer, "Done! One question: where do I invite the others?"),
        ],
    },
    Seed {
        id: "conv_refund",
        title: "Charged twice for one order",
        status: "open",
        customer: ("cust_maya", "Maya Okafor"),
        lines: &[
            (96, Customer, "Hi! My card was charged twice for order 20817."),
            (93, Ana, "Hello Maya, let me look. One moment, please."),
            (88, Ana, "You are right: the payment was sent again after a timeout. I have refunded the second one."),
            (87, Customer, "Oh good. When will I see it?"),
            (85, Ana, "Within three to five working days, depending on your bank."),
            (84, Customer, "Alright, I will keep an eye on it."),
            (41, Customer, "My bank says that nothing is announced yet, is that normal?"),
            (39, Customer, "I can send a screenshot if that helps."),
        ],
    },
    Seed {
        id: "conv_parcel",
        title: "Parcel has been in transit for a week",
        status: "open",
        customer: ("cust_leo", "Leo Martins"),
        lines: &[
            (34, Customer, "Good morning! My parcel has not moved for a week."),
            (31, Ana, "Good morning, Leo! Could you give me the order number?"),
            (30, Customer, "Sure, it is 21144."),
            (27, Ana, "Thank you. It was left behind at the depot in Porto; I have asked them about it."),
            (25, Customer, "Will it be here before the weekend? It is a birthday present."),
            (22, Ana, "If it leaves tonight, on Friday. Otherwise I will send a second one by express."),
            (21, Customer, "That is very kind, thank you."),
            (9, Ana, "It has just been scanned: it is on the van to you."),
            (6, Customer, "I can see it in the tracking now!"),
        ],
    },
];
