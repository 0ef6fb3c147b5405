//! Sign-ins that are not for a support session.

use super::*;

#[tokio::test] // P18
async fn every_other_sign_in_and_refresh_keeps_its_groups_and_needs_no_store() {
    for text in [PASSWORD_SIGN_IN, REFRESH] {
        let event = value(text);
        let mut expected = event.clone();
        expected["response"]["claimsAndScopeOverrideDetails"] =
            json!({"groupOverrideDetails": event["request"]["groupConfiguration"]});
        assert_eq!(answer(&event, &OutOfBounds).await, Ok(expected));
    }
    let groups = &value(PASSWORD_SIGN_IN)["request"]["groupConfiguration"]["groupsToOverride"];
    assert_eq!(*groups, json!(["Beta", "Premium"]));
}

#[tokio::test] // P18
async fn other_metadata_is_ignored() {
    for metadata in [json!({}), json!({"grant": "x", "campaign": "y"}), json!(null)] {
        let mut event = value(PASSWORD_SIGN_IN);
        event["request"]["clientMetadata"] = metadata;
        let answer = answer(&event, &OutOfBounds).await.unwrap();
        assert_eq!(answer["request"], event["request"]);
        let overrides = &answer["response"]["claimsAndScopeOverrideDetails"];
        assert_eq!(
            overrides.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["groupOverrideDetails"]
        );
    }
}

#[tokio::test] // P18
async fn without_groups_to_keep_the_event_goes_back_as_it_came() {
    let mut event = value(PASSWORD_SIGN_IN);
    event["request"].as_object_mut().unwrap().remove("groupConfiguration");
    assert_eq!(answer(&event, &OutOfBounds).await, Ok(event));
}

#[tokio::test] // P18
async fn every_other_trigger_gets_its_event_back() {
    for event in [value(OTHER), json!({}), json!(null), json!("text"), json!([1])] {
        assert_eq!(answer(&event, &OutOfBounds).await, Ok(event));
    }
}
