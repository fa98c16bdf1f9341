/// What is DNS and what is not, over UDP and TCP.
#include "tests/replay/conform/talks.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dns_wire.hpp"

namespace sw::craft {
namespace {

constexpr Side client = Side::client, server = Side::server;
constexpr unsigned a = 1, ns = 2, cname = 5, soa = 6, null = 10, ptr = 12, mx = 15, txt = 16, aaaa = 28, loc = 29, srv = 33, dname = 39,
                   opt = 41, rrsig = 46, nsec = 47, https = 65, axfr = 252, any = 255;

const std::string address = "\xc0\xa8\x01\x02", www = "www.example";
/// Where the question of `www` ends, and its parts begin; where the first record behind it begins, and the parts of one whose owner is a
/// pointer.
constexpr std::size_t at_flags = 2, at_counts = 4, at_name = 12, at_type = 25, at_class = 27, at_record = 29;
constexpr std::size_t type_in_record = 2, class_in_record = 4, size_in_record = 10, data_in_record = 12;

DnsWire question(unsigned type = a, const std::string& name = www, unsigned id = 7) { return DnsWire(id, DnsWire::query).ask(name, type); }
DnsWire answer(unsigned type = a, const std::string& name = www, unsigned id = 7) { return DnsWire(id, DnsWire::answer).ask(name, type); }
std::string text_of(const std::string& s) { return static_cast<char>(s.size()) + s; }
std::string name(std::string_view text) { return DnsWire::name(text); }
std::string two(unsigned v) { return DnsWire::be16(v); }
std::string four(std::uint32_t v) { return DnsWire::be32(v); }

Talk honest(const std::string& name, const DnsWire& q, const DnsWire& r, const std::string& keys = "") {
    return {name, Script().say(client, q.octets()).say(server, r.octets()), "dns", keys, true};
}
HostileTalk asked(const std::string& name, const DnsWire& q, std::size_t at, Reason reason = Reason::not_speaking,
                  const std::string& keys = "") {
    return {{name, Script().say_wrong(client, q.octets(), at), "dns", keys, true}, reason};
}
HostileTalk answered(const std::string& name, const DnsWire& q, const DnsWire& r, std::size_t at, Reason reason = Reason::not_speaking,
                     const std::string& keys = "") {
    return {{name, Script().say(client, q.octets()).say_wrong(server, r.octets(), at), "dns", keys, true}, reason};
}
Talk over_tcp(const std::string& name, const Script& script) { return {name, script, "dns"}; }
HostileTalk over_tcp(const std::string& name, const Script& script, Reason reason) { return {{name, script, "dns"}, reason}; }

/// RFC 4034 3.1
std::string signature(unsigned type) {
    return two(type) + "\x0d\x02" + four(60) + four(2) + four(1) + two(9) + name("example") + std::string(64, 's');
}
std::string authority() { return name("ns.example") + name("root.example") + four(1) + four(2) + four(3) + four(4) + four(5); }
/// A pin; limits belong to the rule before it.
std::string pin(const std::string& keys) { return "[[dns_pin]]\n" + keys; }

}  // namespace

TEST_CASE("dns: honest questions and answers are clean") {
    expect_clean({
        honest("an address", question(), answer().record(1, "@12", a, address)),
        honest("two addresses, with EDNS and a cookie on both sides", question().edns(1232, DnsWire::option(10, "12345678")),
               answer().record(1, "@12", a, address).record(1, "@12", a, address).edns(1232, DnsWire::option(10, "12345678abcdefgh"))),
        honest("where to report errors (RFC 9567)", question().edns(),
               answer().record(1, "@12", a, address).edns(1232, DnsWire::option(18, name("agent.example")))),
        honest("an alias of an alias", question(aaaa),
               answer(aaaa)
                   .record(1, "@12", cname, name("a.@16"))
                   .record(1, "a.@16", cname, name("b.other"))
                   .record(1, "B.Other", aaaa, std::string(16, '\1'))),
        honest("a subtree with another name (RFC 6672)", question(a, "x.old.example"),
               answer(a, "x.old.example")
                   .record(1, "@14", dname, name("new.example"))
                   .record(1, "@12", cname, name("x.new.example"))
                   .record(1, "x.new.example", a, address)),
        honest("signatures", question().edns(1232, "", 0x8000),
               answer().record(1, "@12", a, address).record(1, "@12", rrsig, signature(a)).edns(1232, "", 0x8000)),
        honest("no such name, and the proof of it", question().edns(1232, "", 0x8000),
               DnsWire(7, 0x8183)
                   .ask(www, a)
                   .record(2, "@16", soa, authority())
                   .record(2, "@16", rrsig, signature(soa))
                   .record(2, "a.@16", nsec, name("z.example") + std::string("\0\1\x40", 3))
                   .edns()),
        honest("mail exchangers and their addresses", question(mx),
               answer(mx).record(1, "@12", mx, two(10) + name("a.@16")).record(3, "a.example", a, address)),
        honest("texts", question(txt), answer(txt).record(1, "@12", txt, text_of("v=spf1 mx -all") + text_of(""))),
        honest("a service (RFC 9460)", question(https),
               answer(https).record(1, "@12", https, two(1) + name("") + two(1) + two(6) + "\x02h2\x02h3" + two(4) + two(4) + address)),
        honest("services, their hosts, and where those are (RFC 2782)", question(srv, "_imaps._tcp.example"),
               answer(srv, "_imaps._tcp.example")
                   .record(1, "@12", srv, two(0) + two(1) + two(993) + name("imap.example"))
                   .record(3, "imap.example", cname, name("host.other"))
                   .record(3, "host.other", a, address)),
        honest("the zone of an alias", question(),
               answer().record(1, "@12", cname, name("www.other")).record(2, "other", soa, authority())),
        honest("no such top level: the root says so", question(a, "nothing"),
               DnsWire(7, 0x8183).ask("nothing", a).record(2, "", soa, authority())),
        honest("a referral", question(), answer().record(2, "@16", ns, name("ns.@16")).record(3, "ns.@16", a, address)),
        honest("the names of an IPv6 address backwards",
               question(ptr, "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"),
               answer(ptr, "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa").record(1, "@12", ptr, name(www))),
        honest(
            "the same of a block list",
            question(a, "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.key01234567890123456789.zen.dq.blocklist.example"),
            DnsWire(7, 0x8183).ask(
                "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.key01234567890123456789.zen.dq.blocklist.example", a)),
        honest("spelt at random, and repeated so", question(a, "wWw.eXaMpLe"),
               answer(a, "wWw.eXaMpLe").record(1, "www.example", a, address)),
        honest("a failure", question(), DnsWire(7, 0x8182).ask(www, a)),
        honest("a refusal of EDNS without the question (RFC 6891 7)", question().edns(), DnsWire(7, 0x8081)),
        honest("a bad cookie", question().edns(1232, DnsWire::option(10, "12345678")),
               DnsWire(7, 0x8187).ask(www, a).edns(1232, DnsWire::option(10, "12345678abcdefgh"), 0x01000000)),
        honest("a type that the rule adds", question(loc), answer(loc), "dns.types = [\"LOC\"]"),
        honest("an answer cut off", question(txt), DnsWire(7, 0x8380).ask(www, txt)),
        {"two questions at once (A and AAAA), answers in the other order",
         Script()
             .say(client, question(a, www, 1).octets())
             .say(client, question(aaaa, www, 2).octets())
             .say(server, answer(aaaa, www, 2).octets())
             .say(server, answer(a, www, 1).record(1, "@12", a, address).octets()),
         "dns", "", true},
        {"a question sent again, and both answered",
         Script()
             .say(client, question().octets())
             .say(client, question().octets())
             .say(server, answer().octets())
             .say(server, answer().octets()),
         "dns", "", true},
        over_tcp("over TCP: questions in a row, answers in the other order",
                 Script()
                     .say(client, question(a, www, 1).framed() + question(aaaa, www, 2).edns().framed())
                     .say(server, answer(aaaa, www, 2).edns().framed())
                     .say(server, answer(a, www, 1).record(1, "@12", a, address).framed())
                     .end(client)
                     .end(server)),
        over_tcp("over TCP: a large answer",
                 [] {
                     DnsWire large = answer(txt);
                     for (int i = 0; i < 40; ++i) large.record(1, "@12", txt, text_of(std::string(200, 'x')));
                     return Script().say(client, question(txt).framed()).say(server, large.framed());
                 }()),
    });
}

TEST_CASE("dns hostile: no questions of this network") {
    using enum Reason;
    expect_found({
        asked("all types", question(any), at_type, dns_type),
        asked("a zone (AXFR)", question(axfr), at_type, dns_type),
        asked("a type that carries anything (NULL, as tunnels like it)", question(null), at_type, dns_type),
        asked("a type of private use", question(65399), at_type, dns_type),
        asked("a type that this rule leaves out", question(txt), at_type, dns_type, "dns.types = [\"A\", \"MX\"]"),
        asked("the version of the server (class CH)", DnsWire(7, DnsWire::query).ask("version.bind", txt, 3), 28),
        asked("an update", DnsWire(7, 0x2800).ask("example", soa), at_flags),
        asked("a notification", DnsWire(7, 0x2400).ask("example", soa), at_flags),
        asked("an answer from who asks", answer(), at_flags),
        asked("a flag of answers", DnsWire(7, 0x0180).ask(www, a), at_flags + 1),
        asked("the reserved flag", DnsWire(7, 0x0140).ask(www, a), at_flags + 1),
        asked("a response code", DnsWire(7, 0x0103).ask(www, a), at_flags + 1),
        asked("two questions", question().ask(www, aaaa), at_counts),
        asked("no question", DnsWire(7, DnsWire::query), at_counts),
        asked("a question with an answer in it", question().record(1, "@12", a, address), at_counts + 2),
        asked("a question with an authority", question(soa).record(2, "@12", soa, authority()), at_counts + 4),
        asked("a question with a record that is no EDNS", question().record(3, "@12", txt, text_of("data")), at_record + type_in_record),
        asked("octets behind the question", question().raw("data"), at_record),
        asked("fewer records than it says", question().count(3, 1), at_record),
        asked("a header alone, and not all of it", DnsWire(7, DnsWire::query), 4),
    });
}

TEST_CASE("dns hostile: names that lead astray") {
    const auto raw_question = [](const std::string& octets) {
        return DnsWire(7, DnsWire::query).raw(octets + two(a) + two(1)).count(0, 1);
    };
    const auto raw_owner = [](const std::string& owner) {
        return answer().raw(owner + two(a) + two(1) + four(60) + two(4) + address).count(1, 1);
    };
    std::string long_name;
    for (int i = 0; i < 4; ++i) long_name += '\x3f' + std::string(63, static_cast<char>('a' + i));
    expect_found({
        asked("a pointer in a question", raw_question("\xc0\x0c"), at_name),
        asked("a pointer behind a label", raw_question("\3www\xc0\x0c"), at_name + 4),
        asked("a label of a kind that nobody defined",
              raw_question("\x40"
                           "ab"),
              at_name),
        asked("a label that runs off",
              DnsWire(7, DnsWire::query)
                  .raw("\x3f"
                       "abc")
                  .count(0, 1),
              at_name + 4),
        asked("a name without an end", DnsWire(7, DnsWire::query).raw("\3www").count(0, 1), at_name + 4),
        asked("a name of 256 octets", raw_question(long_name.substr(0, 64 * 3) + "\x3e" + std::string(62, 'd') + std::string(1, '\0')),
              at_name + 192),
        asked("an octet that is not visible",
              raw_question(std::string("\3a\x01"
                                       "b\0",
                                       5)),
              at_name + 2),
        asked("an octet beyond ASCII",
              raw_question(std::string("\3a\xff"
                                       "b\0",
                                       5)),
              at_name + 2),
        asked("a blank", raw_question(std::string("\3a b\0", 5)), at_name + 2),
        answered("an owner that points to itself", question(), raw_owner("\xc0\x1d"), at_record),
        answered("an owner that points forward", question(), raw_owner("\xc0\x2f"), at_record),
        answered("an owner that points into the header", question(), raw_owner(std::string("\xc0\x02", 2)), at_record),
        answered("two pointers that lead to each other", question(cname),
                 answer(cname).record(1, "@12", cname, name("@43")).record(1, "@41", cname, name("@12")), at_record + data_in_record),
        answered("a target that points forward", question(cname), answer(cname).record(1, "@12", cname, name("@60")),
                 at_record + data_in_record),
    });
}

TEST_CASE("dns hostile: answers that are not what was asked for") {
    using enum Reason;
    const DnsWire good = answer().record(1, "@12", a, address);
    const std::string other_case = answer(a, "wwW.example").octets();
    expect_found({
        answered("another id", question(), answer(a, www, 8), 0, dns_unsolicited_answer),
        answered("another name", question(), answer(a, "www.exampel"), 0, dns_unsolicited_answer),
        answered("another type", question(), answer(aaaa), 0, dns_unsolicited_answer),
        answered("another spelling", question(), answer(a, "wwW.example"), 0, dns_unsolicited_answer),
        {{"a second answer: the sign of a forger",
          Script().say(client, question().octets()).say(server, good.octets()).say_wrong(server, good.octets(), 0), "dns", "", true},
         dns_duplicate_answer},
        {{"a second answer that differs",
          Script()
              .say(client, question().octets())
              .say(server, good.octets())
              .say_wrong(server, answer().record(1, "@12", a, "evil").octets(), 0),
          "dns", "", true},
         dns_duplicate_answer},
        answered("a question instead", question(), question(), at_flags),
        answered("the reserved flag", question(), DnsWire(7, 0x81c0).ask(www, a), at_flags + 1),
        answered("another operation", question(), DnsWire(7, 0xa180).ask(www, a), at_flags),
        answered("a response code of updates", question(), DnsWire(7, 0x8186).ask(www, a), at_flags + 1),
        answered("half an extended code", question().edns(), DnsWire(7, 0x8187).ask(www, a).edns(), at_flags + 1),
        answered("two questions", question(), answer().ask(www, aaaa), at_counts),
        answered("no question, and no refusal", question(), DnsWire(7, DnsWire::answer), at_counts),
        answered("a refusal with records", question(), DnsWire(7, 0x8185).record(1, "", a, address), at_counts + 2),
        answered("a record of another name", question(), answer().record(1, "evil.example", a, address), at_record),
        answered("a record of the alias before the alias", question(),
                 answer().record(1, "b.other", a, address).record(1, "@12", cname, name("b.other")), at_record),
        answered("a record of another type", question(), answer().record(1, "@12", txt, text_of("data")), at_record + type_in_record,
                 dns_type),
        answered("a record of another class", question(), answer().record(1, "@12", a, address, 3), at_record + class_in_record),
        answered("a text in the additional section", question(), answer().record(3, "@12", txt, text_of("data")),
                 at_record + type_in_record, dns_type),
        answered("an address in the authority section", question(), answer().record(2, "@12", a, address), at_record + type_in_record,
                 dns_type),
        answered("a zone that the name does not lie in", question(), answer().record(2, "com", ns, name("ns.evil")), at_record),
        answered("a zone below the name", question(), answer().record(2, "a.@12", ns, name("ns.evil")), at_record),
        answered("the start of another zone", question(), DnsWire(7, 0x8183).ask(www, a).record(2, "com", soa, authority()), at_record),
        answered("an address that no record leads to", question(), answer().record(3, "bank.com", a, address), at_record),
        answered("an address beside that of an exchanger", question(mx),
                 answer(mx).record(1, "@12", mx, two(10) + name("a.@16")).record(3, "b.@16", a, address), at_record + 18),
        answered("an alias that no record leads to", question(), answer().record(3, "a.b", cname, name("c.d")), at_record),
        answered("EDNS in the answer section", question(), answer().record(1, "", opt, "", 1232), at_record + 1, dns_type),
        answered("octets behind the last record", question(), answer().record(1, "@12", a, address).raw("data"), at_record + 16),
        answered("fewer records than it says", question(), answer().record(1, "@12", a, address).count(1, 2), at_record + 16),
        answered("data that runs off", question(), answer().raw("\xc0\x0c" + two(a) + two(1) + four(60) + two(9) + address).count(1, 1),
                 at_record + size_in_record),
        answered("more octets than the asker has room for", question(txt),
                 answer(txt).record(1, "@12", txt, text_of(std::string(250, 'x')) + text_of(std::string(250, 'y'))), 512),
        answered(
            "seventeen aliases", question(),
            [] {
                DnsWire r = answer();
                std::string last = "@12";
                for (int i = 0; i < 18; ++i) {
                    const std::string next = std::string(1, static_cast<char>('a' + i));
                    r.record(1, last, cname, name(next));
                    last = next;
                }
                return r;
            }(),
            at_record + 15 + 15 * 16),
    });
}

TEST_CASE("dns hostile: data that has not the form of its type") {
    const std::size_t data = at_record + data_in_record;
    const auto of_type = [](unsigned type, const std::string& octets) { return answer(type).record(1, "@12", type, octets); };
    expect_found({
        answered("an address of three octets", question(), of_type(a, "abc"), data + 3),
        answered("an address of five octets", question(), of_type(a, "abcde"), data + 4),
        answered("an IPv6 address of four", question(aaaa), of_type(aaaa, address), data + 4),
        answered("a mail exchanger without a name", question(mx), of_type(mx, two(10)), data + 2),
        answered("octets behind a name", question(cname), of_type(cname, name("a") + "x"), data + 3),
        answered("a text that runs off", question(txt),
                 of_type(txt,
                         "\x09"
                         "abc"),
                 data + 4),
        answered("no text at all", question(txt), of_type(txt, ""), data),
        answered("a start of authority that is too short", question(soa), of_type(soa, name("a") + name("b") + four(1)), data + 10),
        answered("a service whose keys fall", question(https),
                 of_type(https, two(1) + name("") + two(3) + two(2) + two(443) + two(1) + two(3) + "\x02h2"), data + 9),
        answered("a service whose port has three octets", question(https), of_type(https, two(1) + name("") + two(3) + two(3) + "abc"),
                 data + 3),
        answered("a service whose protocols run off", question(https), of_type(https, two(1) + name("") + two(1) + two(2) + "\x02h"),
                 data + 3),
        answered("a compressed name where none may be", question(https), of_type(https, two(1) + name("@12")), data + 2),
        answered("a service that ends too early", question(srv), of_type(srv, two(1) + two(2)), data + 4),
        answered("a proof whose bit map is empty", question(), answer().record(2, "@12", nsec, name("a") + std::string("\0\0", 2)),
                 data + 3),
    });
}

TEST_CASE("dns hostile: EDNS") {
    const std::size_t edns = at_record, size = edns + 3, flags = edns + 5, data = edns + 11;
    const auto with = [](unsigned code, const std::string& octets) { return question().edns(1232, DnsWire::option(code, octets)); };
    expect_found({
        asked("twice", question().edns().edns(), at_counts + 6),
        asked("of a name", question().record(3, "@12", opt, "", 1232), at_record),
        asked("less than 512 octets", question().edns(511), size),
        asked("more than 4,096 octets", question().edns(4097), size),
        asked("version 1", question().edns(1232, "", 0x00010000), flags + 1),
        asked("a response code in a question", question().edns(1232, "", 0x01000000), flags),
        asked("a flag that is reserved", question().edns(1232, "", 0x4000), flags + 2),
        asked("an option of private use, as tunnels like it", with(65001, "data"), data),
        asked("an option that runs off", question().edns(1232, two(10) + two(99) + "12345678"), data + 2),
        asked("half an option", question().edns(1232, "abc"), data),
        asked("a cookie of twelve octets", with(10, "123456789012"), data + 2),
        asked("a cookie of nothing", with(10, ""), data + 2),
        asked("padding that is none", with(12, std::string("\0\0x", 3)), data + 6),
        asked("keep-alive over UDP", with(11, ""), data + 2),
        asked("a long identifier in a question", with(3, std::string(100, 'x')), data + 2),
        answered("none was asked for", question(), answer().edns(), 10),
        answered("errors reported to half a name", question().edns(), answer().edns(1232, DnsWire::option(18, "\5agent")), data + 4 + 6),
        answered("errors reported to a name and more", question().edns(),
                 answer().edns(1232, DnsWire::option(18, name("agent.example") + "x")), data + 4 + 15),
        asked("errors reported in a question", with(18, name("agent.example")), data + 2),
        answered("twice in an answer", question().edns(), answer().edns().edns(), at_record + 11),
        answered("a long error text", question().edns(), answer().edns(1232, DnsWire::option(15, std::string(513, 'x'))), data + 2),
    });
}

TEST_CASE("dns hostile: more than the rule lets ask") {
    using enum Reason;
    const std::string long_name = std::string(60, 'a') + "." + std::string(60, 'b') + ".example";
    expect_found({
        asked("a name of 129 octets", question(a, long_name), at_name, dns_budget),
        asked("a name longer than this rule says", question(), at_name, dns_budget, "dns.max_name = 10"),
        asked("a name of eleven labels", question(a, "a1.b1.c1.d1.e1.f1.g1.h1.i1.j1.k1"), at_name, dns_budget),
        asked("33 digits in front",
              question(a, "1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.a2.b2.c2.d2.e2.f2.g2.h2.i2"), at_name,
              dns_budget),
        {{"a third name within the hour",
          Script()
              .say(client, question(a, "a.example").octets())
              .say(client, question(a, "b.example").octets())
              .say(client, question(mx, "A.Example").octets())
              .say_wrong(client, question(a, "c.example").octets(), at_name),
          "dns", "dns.names_per_hour = 2", true},
         dns_budget},
        answered("more texts within the hour", question(txt), answer(txt).record(1, "@12", txt, text_of(std::string(20, 'x'))), at_name,
                 dns_budget, "dns.txt_octets_per_hour = 20"),
    });
}

TEST_CASE("dns: answers that say what is pinned are clean, and so are those that say nothing") {
    const std::string mx_pin = pin("name = \"www.example\"\ntype = \"MX\"\nvalues = [\"10 a.example\", \"20 b.example\"]\n");
    const std::string spf_pin = pin("name = \"www.example\"\ntype = \"SPF\"\nvalues = [\"v=spf1 mx -all\"]\n");
    expect_clean({
        honest("in another order and spelling", question(mx),
               answer(mx).record(1, "@12", mx, two(20) + name("B.Example")).record(1, "@12", mx, two(10) + name("a.@16")), mx_pin),
        honest("another type of the name", question(), answer().record(1, "@12", a, address), mx_pin),
        honest("another name", question(mx, "ftp.example"), answer(mx, "ftp.example"), mx_pin),
        honest("a failure", question(mx), DnsWire(7, 0x8182).ask(www, mx), mx_pin),
        honest("an answer cut off", question(mx), DnsWire(7, 0x8380).ask(www, mx), mx_pin),
        honest("SPF in two strings, and other texts beside it", question(txt),
               answer(txt).record(1, "@12", txt, text_of("v=spf1 mx") + text_of(" -all")).record(1, "@12", txt, text_of("something else")),
               spf_pin),
        honest("an address", question(), answer().record(1, "@12", a, std::string("\xc0\0\2\x19", 4)),
               pin("name = \"www.example\"\ntype = \"A\"\nvalues = [\"192.0.2.25\"]\n")),
        honest("a reverse name", question(ptr, "25.2.0.192.in-addr.arpa"),
               answer(ptr, "25.2.0.192.in-addr.arpa").record(1, "@12", ptr, name("Mail.Example")),
               pin("name = \"192.0.2.25\"\ntype = \"PTR\"\nvalues = [\"mail.example\"]\n")),
    });
}

TEST_CASE("dns hostile: answers that differ from what is pinned") {
    using enum Reason;
    const std::string mx_pin = pin("name = \"www.example\"\ntype = \"MX\"\nvalues = [\"10 a.example\", \"20 b.example\"]\n");
    const std::string spf_pin = pin("name = \"www.example\"\ntype = \"SPF\"\nvalues = [\"v=spf1 mx -all\"]\n");
    const std::string txt_pin = pin("name = \"www.example\"\ntype = \"TXT\"\nvalues = [\"v=DKIM1; p=AbC\"]\n");
    const auto mx_to = [](const std::string& host) { return two(10) + name(host); };
    expect_found({
        answered("another exchanger", question(mx), answer(mx).record(1, "@12", mx, mx_to("evil.example")), at_name, dns_pin, mx_pin),
        answered("one too few", question(mx), answer(mx).record(1, "@12", mx, mx_to("a.example")), at_name, dns_pin, mx_pin),
        answered("one too many", question(mx),
                 answer(mx)
                     .record(1, "@12", mx, mx_to("a.example"))
                     .record(1, "@12", mx, two(20) + name("b.example"))
                     .record(1, "@12", mx, two(30) + name("evil.example")),
                 at_name, dns_pin, mx_pin),
        answered("another preference", question(mx),
                 answer(mx).record(1, "@12", mx, two(11) + name("a.example")).record(1, "@12", mx, two(20) + name("b.example")), at_name,
                 dns_pin, mx_pin),
        answered("no record", question(mx), answer(mx), at_name, dns_pin, mx_pin),
        answered("no such name", question(mx), DnsWire(7, 0x8183).ask(www, mx), at_name, dns_pin, mx_pin),
        answered("spelt at random", question(mx, "WWW.example"), answer(mx, "WWW.example"), at_name, dns_pin, mx_pin),
        answered("a softer SPF", question(txt), answer(txt).record(1, "@12", txt, text_of("v=spf1 mx ?all")), at_name, dns_pin, spf_pin),
        answered("a second SPF", question(txt),
                 answer(txt).record(1, "@12", txt, text_of("v=spf1 mx -all")).record(1, "@12", txt, text_of("v=spf1 +all")), at_name,
                 dns_pin, spf_pin),
        answered("another key", question(txt), answer(txt).record(1, "@12", txt, text_of("v=DKIM1; p=abc")), at_name, dns_pin, txt_pin),
        answered("another address", question(), answer().record(1, "@12", a, address), at_name, dns_pin,
                 pin("name = \"www.example\"\ntype = \"A\"\nvalues = [\"192.0.2.25\"]\n")),
    });
}

TEST_CASE("dns hostile: over TCP") {
    using enum Reason;
    const std::string good = question().framed(), no_edns = answer().framed();
    expect_found({
        over_tcp("a shell", Script().say(client, good).say_wrong(server, "Microsoft Windows XP [Version 5.1.2600]\r\n", 4), not_speaking),
        over_tcp("a shell that is spoken to", Script().say_wrong(client, "GET / HTTP/1.1\r\n\r\n", 0), not_speaking),
        over_tcp("a question that is too long", Script().say_wrong(client, two(1025), 0), not_speaking),
        over_tcp("a question that is too short", Script().say_wrong(client, two(16), 0), not_speaking),
        over_tcp("an answer that is too short", Script().say(client, good).say_wrong(server, two(11), 0), not_speaking),
        over_tcp("an answer to nothing", Script().say_wrong(server, no_edns, 2), dns_unsolicited_answer),
        over_tcp("two answers", Script().say(client, good).say(server, no_edns).say_wrong(server, no_edns, 2), dns_duplicate_answer),
        over_tcp("a zone", Script().say_wrong(client, question(axfr).framed(), 2 + at_type), dns_type),
        over_tcp("a zone with a signature of its sender", Script().say_wrong(client, question(axfr).raw("MS").framed(), 2 + at_record),
                 not_speaking),
        over_tcp("an answer cut off, which TCP never needs",
                 Script().say(client, good).say_wrong(server, DnsWire(7, 0x8380).ask(www, a).framed(), 4), not_speaking),
        over_tcp("a length that says more than there is",
                 Script().say_wrong(client, two(40) + question().raw(std::string(11, '\0')).octets(), 2 + at_record), not_speaking),
        over_tcp("an end within a message", Script().say(client, good.substr(0, 20)).end(client).mark(client), not_speaking),
    });
}

}  // namespace sw::craft
