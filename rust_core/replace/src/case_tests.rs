use super::{spellings, words};

fn table(pattern: &str, replacement: &str) -> Vec<(String, String)> {
    spellings(pattern, replacement).expect("two names")
}

fn spelled(pattern: &str, replacement: &str, spelling: &str) -> Option<String> {
    table(pattern, replacement).into_iter().find(|(from, _)| from == spelling).map(|(_, to)| to)
}

#[test]
fn names_are_cut_into_words() {
    for (name, expected) in [
        ("fooBar", vec!["foo", "Bar"]),
        ("HTTPServer", vec!["HTTP", "Server"]),
        ("parse_http2_url", vec!["parse", "http2", "url"]),
        ("A-B c", vec!["A", "B", "c"]),
        ("überGröße", vec!["über", "Größe"]),
        ("__", vec![]),
    ] {
        assert_eq!(words(name), expected, "{name}");
    }
}

#[test]
fn one_word_keeps_its_letters() {
    for (spelling, expected) in [("foo", "bar"), ("Foo", "Bar"), ("FOO", "BAR")] {
        assert_eq!(spelled("foo", "bar", spelling).as_deref(), Some(expected));
    }
    assert_eq!(table("foo", "bar").len(), 3);
}

#[test]
fn one_word_becomes_several_as_the_replacement_joins_them() {
    for (to, title, upper) in [
        ("new_name", "NewName", "NEW_NAME"),
        ("newName", "NewName", "NEW_NAME"),
        ("new-name", "New-Name", "NEW-NAME"),
    ] {
        assert_eq!(spelled("foo", to, "Foo").as_deref(), Some(title));
        assert_eq!(spelled("foo", to, "FOO").as_deref(), Some(upper));
        assert_eq!(spelled("foo", to, "foo").as_deref(), Some(to));
    }
}

#[test]
fn several_words_are_found_in_every_style() {
    for (spelling, expected) in [
        ("foo_bar", "new_shop_name"),
        ("FOO_BAR", "NEW_SHOP_NAME"),
        ("FooBar", "NewShopName"),
        ("fooBar", "newShopName"),
        ("foo-bar", "new-shop-name"),
        ("FOO-BAR", "NEW-SHOP-NAME"),
        ("Foo-Bar", "New-Shop-Name"),
        ("Foo_Bar", "New_Shop_Name"),
        ("foo bar", "new shop name"),
        ("Foo bar", "New shop name"),
        ("foobar", "newshopname"),
        ("FOOBAR", "NEWSHOPNAME"),
    ] {
        assert_eq!(spelled("foo_bar", "new_shop_name", spelling).as_deref(), Some(expected));
        assert_eq!(spelled("fooBar", "newShopName", spelling).as_deref(), Some(expected));
    }
}

#[test]
fn what_stands_around_a_name_stays() {
    assert_eq!(spelled("_foo(", "_bar(", "_FOO(").as_deref(), Some("_BAR("));
    assert_eq!(spelled("foo", "", "FOO").as_deref(), Some(""));
}

#[test]
fn what_is_no_name_is_refused_with_its_place() {
    let error = spellings("self.foo", "bar").expect_err("two names");
    assert_eq!(error.position, Some(4));
    assert!(spellings("--", "x").is_err());
}
