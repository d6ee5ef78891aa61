//! The walk through surveys, and on through the quality of information and risks.

use super::objects::Objects;
use super::walk::Seen;
use domain::access::Scope;
use store::surveys::{self as rows, Respondents, SurveyFilter, SurveyKey};
use testkit::TestApp;

pub(super) async fn walk_surveys(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db = t.app.store();
    let mut seen = Seen::new();
    let everything = SurveyFilter::default();
    let all = rows::list_surveys(db, scope, &everything, 100).await;
    let own = all.unwrap().rows;
    let own = own.iter().filter(|s| s.number == o.survey).count();
    seen.insert("list_surveys", own);
    let of_the_unit = SurveyFilter {
        org_path: Some(format!("/000/{}/", o.org)),
        ..SurveyFilter::default()
    };
    let count = rows::count_surveys(db, scope, &of_the_unit, 50).await;
    seen.insert("count_surveys", usize::try_from(count.unwrap()).unwrap());
    let found = rows::find_survey(db, scope, SurveyKey::Number(&o.survey));
    let found = found.await.unwrap();
    seen.insert("find_survey", usize::from(found.is_some()));
    let path = format!("/000/{}/", o.org);
    let of = Respondents {
        org_path: &path,
        kind: None,
    };
    let count = rows::count_candidates(db, scope, &of, 50).await.unwrap();
    seen.insert("count_candidates", usize::try_from(count).unwrap());
    let nobody = domain::ids::SurveyId(uuid::Uuid::nil());
    let found = rows::list_candidates(db, scope, &of, nobody, None, 50).await;
    seen.insert("list_candidates", found.unwrap().len());
    seen.extend(super::walk_data_quality::walk_data_quality(t, scope, o).await);
    seen.extend(super::walk_risk::walk_risk(t, scope, o).await);
    seen
}
