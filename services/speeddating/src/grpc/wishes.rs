//! Who wants to meet whom.

use contracts::speeddating::v1::{ListWishesRequest, ListWishesResponse, SetWishRequest, SetWishResponse};
use platform::{grpc::actor, page::Page};
use tonic::{Request, Response};

use super::{
    Reply,
    parse::{self, id},
    print, refused,
};
use crate::actions::{self, Context};

pub(super) async fn list(
    context: &Context,
    request: Request<ListWishesRequest>,
) -> Reply<ListWishesResponse> {
    let actor = actor(&request)?;
    let request = request.get_ref();
    let session = id("session_id", &request.session_id)?;
    let page = Page::parse(request.page.as_ref())?;
    let mut wishes = actions::list_wishes(context, &actor, session, &page)
        .await
        .map_err(refused)?;
    let info = page.info(&mut wishes, |wish| (wish.pair.candidate, wish.pair.employer));
    let wishes = wishes.iter().map(print::wish).collect();
    Ok(Response::new(ListWishesResponse {
        wishes,
        page: Some(info),
    }))
}

pub(super) async fn set(context: &Context, request: Request<SetWishRequest>) -> Reply<SetWishResponse> {
    let actor = actor(&request)?;
    let request = request.get_ref();
    let session = id("session_id", &request.session_id)?;
    let wish = parse::wish(request.wish.as_ref())?;
    let (_, wish) = actions::set_wish(context, &actor, session, wish, None)
        .await
        .map_err(refused)?;
    Ok(Response::new(SetWishResponse {
        wish: Some(print::wish(&wish)),
    }))
}
