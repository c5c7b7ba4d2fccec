//! The grammars of networks and of addresses with a prefix, as Python's `ipaddress` reads them.

use super::format_grammar::{BYTE, Grammar, Part};
use super::nfa::NodeId;

/// Numbers, any of which may stand.
fn any_of(numbers: impl Iterator<Item = u32>) -> String {
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    format!("(?:{})", numbers.join("|"))
}

/// Groups of an IPv6 address, so many of whose low bits are zero.
fn multiples(zeros: u32) -> String {
    let digit = ["[0-9A-Fa-f]", "[02468ACEace]", "[048Cc]", "[08]"][zeros as usize % 4];
    let whole = zeros / 4;
    format!("[0-9A-Fa-f]{{0,{}}}{digit}0{{{whole}}}", 3 - whole)
}

impl Grammar {
    /// An address of either version.
    pub(super) fn address(&mut self, next: NodeId) -> Part {
        let v6 = self.ipv6(next)?;
        let v4 = self.ipv4(next)?;
        Ok(self.either(&[v4, v6]))
    }

    /// An IPv4 address with or without a prefix length.
    pub(super) fn ipv4_interface(&mut self, next: NodeId) -> Part {
        let prefix = self.re("(?:/(?:[0-9]|[12][0-9]|3[0-2]))?", next)?;
        self.ipv4(prefix)
    }

    /// An IPv6 address with or without a prefix length.
    pub(super) fn ipv6_interface(&mut self, next: NodeId) -> Part {
        let prefix = self.re("(?:/(?:[0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))?", next)?;
        self.ipv6(prefix)
    }

    /// An address of either version with or without a prefix length.
    pub(super) fn interface(&mut self, next: NodeId) -> Part {
        let v6 = self.ipv6_interface(next)?;
        let v4 = self.ipv4_interface(next)?;
        Ok(self.either(&[v4, v6]))
    }

    /// An IPv4 network: nothing but zeros behind the prefix. The bytes before are shared by all prefix lengths.
    pub(super) fn ipv4_network(&mut self, next: NodeId) -> Part {
        let mut at = self.re("(?:/32)?", next)?;
        for before in (0..4).rev() {
            let zeros = r"\.0".repeat(3 - before);
            let whole = if before == 3 { String::new() } else { r"\.".to_owned() };
            let mut ways = vec![self.re(&format!("{BYTE}{whole}"), at)?];
            ways.push(self.re(&format!("0{zeros}/{}", before * 8), next)?);
            for bits in 1..8 {
                let byte = any_of((0..256).step_by(1 << (8 - bits)));
                ways.push(self.re(&format!("{byte}{zeros}/{}", before * 8 + bits), next)?);
            }
            at = self.either(&ways);
        }
        Ok(at)
    }

    /// An IPv6 network: an address alone, or groups and two colons, of which nothing is left behind the prefix.
    pub(super) fn ipv6_network(&mut self, next: NodeId) -> Part {
        let mut more = None;
        for before in (0..7).rev() {
            let mut behind =
                vec![self.re(&format!("::/{}", any_of((before + 1) * 16..129)), next)?];
            if let Some(more) = more {
                behind.push(self.re(":", more)?);
            }
            let behind = self.either(&behind);
            let mut ways = vec![self.re("[0-9A-Fa-f]{1,4}", behind)?];
            for bits in 1..16 {
                let group = format!("{}::/{}", multiples(16 - bits), before * 16 + bits);
                ways.push(self.re(&group, next)?);
            }
            more = Some(self.either(&ways));
        }
        let all = self.re(&format!("::/{}", any_of(0..129)), next)?;
        let address = self.ipv6(next)?;
        let ways: Vec<NodeId> = more.into_iter().chain([all, address]).collect();
        Ok(self.either(&ways))
    }

    /// A network of either version.
    pub(super) fn network(&mut self, next: NodeId) -> Part {
        let v6 = self.ipv6_network(next)?;
        let v4 = self.ipv4_network(next)?;
        Ok(self.either(&[v4, v6]))
    }
}
