use pyagent_source::with_module;

use super::*;

fn sorted(text: &str) -> String {
    let section = |top: &str| match top {
        "os" | "sys" | "re" | "abc" => Section::Standard,
        "ours" => Section::FirstParty,
        _ => Section::ThirdParty,
    };
    let settings = Settings { section: &section, line_length: 60, is_stub: false };
    let parts = with_module(text, |module| {
        let comments = Comments::new(text, module.tokens());
        let directives = Directives::new(text, &comments);
        let sorter = Sorter::new(text, &comments, &directives, &settings, "    ");
        blocks(&module.syntax().body, text, &directives)
            .iter()
            .filter_map(|block| match sorter.judge(block) {
                Verdict::Unsorted { range, text, .. } => Some(crate::cut::Replace {
                    start: range.start().to_usize(),
                    end: range.end().to_usize(),
                    text,
                }),
                _ => None,
            })
            .collect::<Vec<_>>()
    });
    match parts {
        Ok(parts) => crate::cut::replace(text, &parts),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn sections_styles_and_members() {
    let text = "from .x import y\nimport ours\nfrom os import path, PathLike, SEEK_SET\nimport sys, abc\n\
                from __future__ import annotations\nimport numpy as np\nx = 1\n";
    let expected = "from __future__ import annotations\n\nimport abc\nimport sys\n\
                    from os import SEEK_SET, PathLike, path\n\nimport numpy as np\n\nimport ours\n\n\
                    from .x import y\n\nx = 1\n";
    assert_eq!(sorted(text), expected);
    assert_eq!(sorted(expected), expected);
}

#[test]
fn long_lines_are_wrapped_and_joined() {
    let text =
        "from os import aaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbb\nfrom os import cccccccccc\n";
    let expected = "from os import (\n    aaaaaaaaaaaaaaaaaaa,\n    bbbbbbbbbbbbbbbbbbbb,\n    cccccccccc,\n)\n";
    assert_eq!(sorted(text), expected);
    assert_eq!(sorted("from os import (b, a,)\n"), "from os import (\n    a,\n    b,\n)\n");
}

#[test]
fn comments_go_with_their_imports() {
    let text = "# first\nimport sys  # of sys\n# above os\nimport os\nfrom re import (  # open\n    b,  # of b\n    # above a\n    a,\n    # last\n)  # close\n";
    let expected = "# first\n# above os\nimport os\nimport sys  # of sys\nfrom re import (  # open\n    # above a\n    a,\n    # last\n    b,  # of b\n)  # close\n";
    let found = sorted(text);
    // A comment above the first statement stays where it is: it may belong to the file.
    assert_eq!(found, expected);
}

#[test]
fn nested_blocks_keep_their_indentation_and_blank_lines() {
    let text = "def f():\n    import sys\n    import os\n    return 1\n";
    assert_eq!(sorted(text), "def f():\n    import os\n    import sys\n    return 1\n");
}

#[test]
fn directives_are_obeyed() {
    for text in [
        "# isort: skip_file\nimport sys\nimport os\n",
        "# isort: off\nimport sys\nimport os\n# isort: on\n",
        "import sys\n\n# isort: split\n\nimport os\n",
        "import sys  # noqa\nimport os\n",
        "import sys; import os\n",
        "import sys, \\\n    os\nimport abc\n",
    ] {
        assert_eq!(sorted(text), text);
    }
}

#[test]
fn blank_lines_after_the_block() {
    assert_eq!(sorted("import os\ndef f(): ...\n"), "import os\n\n\ndef f(): ...\n");
    assert_eq!(sorted("import os\n\n\n\nx = 1\n"), "import os\n\nx = 1\n");
    let detached = "import os\n\n# detached\n\ndef f(): ...\n";
    assert_eq!(sorted(detached), detached);
}

#[test]
fn line_ends_are_kept() {
    assert_eq!(sorted("import sys\r\nimport os\r\n"), "import os\r\nimport sys\r\n");
    assert_eq!(sorted("import sys\nimport os"), "import os\nimport sys");
}

#[test]
fn an_order_that_decides_a_binding_is_kept() {
    for text in [
        "from sys import *\nfrom os import *\n",
        "from b import x\nfrom a import x\n",
        "import b as x\nimport a as x\n",
    ] {
        assert_eq!(sorted(text), text);
    }
    assert_eq!(sorted("import os.path\nimport os\n"), "import os\nimport os.path\n");
}
