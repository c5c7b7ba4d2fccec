//! What one module costs: statements alone, with expressions, and every metric.

use std::fmt::Write;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use pyagent_complexity::{Selection, measure};

/// A class with a method as people write them.
const CLASS: &str = r#"
class Account(Base, metaclass=Meta):
    """What a customer owes.

    Attributes:
        items: What was ordered.
    """

    def total(self, items, *, member=False, rates=(0.1, 0.25)):
        """The sum, with what is taken off for members."""
        total = 0
        for index, item in enumerate(items):
            if item.reduced and not member or index > self.limit:
                total += self.price(item) * rates[0]  # the usual rate
            elif item.kind in {"gift", "sample"}:
                continue
            else:
                total += sum(part.price for part in item.parts if part)
        try:
            self.log.info(f"{total:>10} for {len(items)} items")
        except (OSError, ValueError) as error:
            raise RuntimeError("cannot log") from error
        return total if total > 0 else None
"#;

fn module(classes: usize) -> String {
    let mut text = String::from("import os\nfrom shop import prices as p\n");
    for number in 0..classes {
        text.push_str(&CLASS.replace("Account", &format!("Account{number}")));
        let row = writeln!(text, "\nRATE_{number} = {{\"a\": {number}, \"b\": [1, 2, 3]}}");
        row.expect("a string takes every text");
    }
    text
}

fn selections(criterion: &mut Criterion) {
    let selections = [
        ("statements", Selection::STATEMENTS),
        ("expressions", Selection { expressions: true, tokens: false }),
        ("all", Selection::ALL),
    ];
    for (size, classes) in [("typical", 12), ("large", 300)] {
        let text = module(classes);
        let mut group = criterion.benchmark_group(format!("measure, {size}"));
        group.throughput(Throughput::Bytes(text.len() as u64));
        for (name, selection) in selections {
            group.bench_with_input(BenchmarkId::from_parameter(name), &text, |bencher, text| {
                bencher.iter(|| measure(black_box(text), selection).expect("the module parses"));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, selections);
criterion_main!(benches);
