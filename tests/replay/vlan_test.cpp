/// Which tags a frame bears is a set that the policy lists; what it expects comes off before the rules are asked.
#include "tests/support/catch.hpp"
#include "tests/support/judge.hpp"
#include "tests/support/stock.hpp"

namespace sw::craft {
namespace {

/// What a policy with this [wire] says of one frame.
std::string verdict(const std::string& wire, CraftedFrame frame) {
    return describe(judge(stock_policy + wire + "\n", {std::move(frame)}).judgements[0]);
}

constexpr unsigned provider = 0x88a8, customer = 0x8100, old_stack = 0x9100;
constexpr const char* unexpected = "grey vlan-unexpected";

}  // namespace

TEST_CASE("vlans: by default no frame is tagged, and a priority is a tag") {
    for (const char* wire : {"", "vlans = \"none\"", "vlans = [\"none\"]"}) {
        CHECK(verdict(wire, smtp_syn()) == "allow");
        CHECK(verdict(wire, smtp_syn().tag(10)) == unexpected);
        CHECK(verdict(wire, smtp_syn().tag(0xe000)) == "grey vlan-unexpected, vlan-priority");
    }
}

TEST_CASE("vlans: a list of tags wants exactly one of them, of type 0x8100, on every frame") {
    const char* wire = "vlans = [10, 20]";
    CHECK(verdict(wire, smtp_syn().tag(10)) == "allow");
    CHECK(verdict(wire, smtp_syn6().tag(20)) == "allow");
    CHECK(verdict(wire, smtp_syn().tag(0xa00a)) == "allow");  // with a priority
    CHECK(verdict(wire, smtp_syn()) == unexpected);
    CHECK(verdict(wire, smtp_syn().tag(30)) == unexpected);
    CHECK(verdict(wire, smtp_syn().tag(10, provider)) == unexpected);
    CHECK(verdict(wire, smtp_syn().tag(10, old_stack)) == unexpected);
    CHECK(verdict(wire, smtp_syn().tag(10).tag(20)) == unexpected);
    CHECK(verdict(wire, smtp_syn().tag(0)) == "grey vlan-unexpected, vlan-priority");
}

TEST_CASE("vlans: untagged frames and tagged ones can be expected together") {
    const char* wire = "vlans = [\"none\", 10]";
    CHECK(verdict(wire, smtp_syn()) == "allow");
    CHECK(verdict(wire, smtp_syn().tag(10)) == "allow");
    CHECK(verdict(wire, smtp_syn().tag(11)) == unexpected);
    CHECK(verdict(wire, smtp_syn().tag(0)) == "grey vlan-unexpected, vlan-priority");
}

TEST_CASE("vlans: priority tags count as untagged where the policy says so, one of them, of type 0x8100") {
    const char* wire = "vlans = [\"none\", 10]\npriority_tags = true";
    CHECK(verdict(wire, smtp_syn().tag(0)) == "allow");
    CHECK(verdict(wire, smtp_syn6().tag(0xe000)) == "allow");
    CHECK(verdict(wire, smtp_syn()) == "allow");
    CHECK(verdict(wire, smtp_syn().tag(10)) == "allow");
    CHECK(verdict(wire, smtp_syn().tag(0, provider)) == "grey vlan-unexpected, vlan-priority");
    CHECK(verdict(wire, smtp_syn().tag(0).tag(0)) == "grey vlan-unexpected, vlan-priority");
    CHECK(verdict(wire, smtp_syn().tag(10).tag(0)) == "grey vlan-unexpected, vlan-priority");
    CHECK(verdict(wire, smtp_syn().tag(4095)) == "grey vlan-unexpected, vlan-reserved");
    CHECK(verdict("priority_tags = true", smtp_syn().tag(0)) == "allow");
    CHECK(verdict("priority_tags = true", smtp_syn().tag(1)) == unexpected);
}

TEST_CASE("vlans: two tags are expected as the pairs that are listed, outer first, and nothing deeper ever is") {
    const char* wire = "vlans = [10, [100, 10], [100, 20]]";
    CHECK(verdict(wire, smtp_syn().tag(10).tag(100, provider)) == "allow");
    CHECK(verdict(wire, smtp_syn().tag(20).tag(100, customer)) == "allow");
    CHECK(verdict(wire, smtp_syn6().tag(20).tag(100, provider)) == "allow");
    CHECK(verdict(wire, smtp_syn().tag(10)) == "allow");
    CHECK(verdict(wire, smtp_syn().tag(20)) == unexpected);
    CHECK(verdict(wire, smtp_syn().tag(100, provider)) == unexpected);
    CHECK(verdict(wire, smtp_syn().tag(100).tag(10, provider)) == unexpected);
    CHECK(verdict(wire, smtp_syn().tag(10).tag(101, provider)) == unexpected);
    CHECK(verdict(wire, smtp_syn().tag(10, provider).tag(100, provider)) == unexpected);
    CHECK(verdict(wire, smtp_syn().tag(10).tag(100, old_stack)) == unexpected);
    CHECK(verdict(wire, smtp_syn().tag(10).tag(10).tag(100, provider)) == "grey vlan-unexpected, vlan-depth");
}

TEST_CASE("vlans: what stands behind the tags is decoded as strictly as ever, and must fit its own padding") {
    const char* wire = "vlans = [10, [100, 10]]";
    CHECK(verdict(wire, smtp_syn().flip(tcp4_at + 16, 1).tag(10)) == "grey bad-checksum");
    CHECK(verdict(wire, smtp_syn().pad().tag(10).tag(100, provider)) == "allow");
    CHECK(verdict(wire, smtp_syn().trailer(Octets(40)).tag(10)) == "grey trailer");
    CHECK(verdict(wire, smtp_syn().tag(10).snap(40)) == "grey truncated");
    CHECK(verdict(wire, arp_request(v4(watcher), firewall.v4).tag(10)) == "grey self-traffic");
}

TEST_CASE("vlans: conversations of all expected tags are one network") {
    const TcpDialogue d = smtp().say(Side::server, "220 mail.example\r\n").close(Side::client);
    Frames frames;
    for (CraftedFrame f : d.frames()) frames.push_back(frames.size() % 2 == 0 ? f.tag(10) : f.tag(10).tag(100, provider));
    const Judged j = judge(stock_policy + "vlans = [10, [100, 10]]\n", frames);
    CHECK(j.counters.allowed == frames.size());
}

TEST_CASE("vlans: a link without Ethernet headers has no tags to agree on") {
    const Octets cooked = Octets{0, 0, 0, 1, 0, 6} + mac_octets(mac::firewall) + be16(0) + be16(0x0800);
    const std::string policy = "[[allow]]\nname = 'a'\nfilter = 'tcp and dst port 25'\n[wire]\n";
    for (const char* wire : {"vlans = [10]\n", "vlans = [\"none\", [100, 10]]\n", ""}) {
        CraftedFrame f = smtp_syn();
        CHECK(describe(judge(policy + wire, {f.relink(linktype::linux_sll, cooked)}).judgements[0]) == "allow");
    }
    CraftedFrame tagged = smtp_syn();
    const Octets cooked_tag = Octets{0, 0, 0, 1, 0, 6} + mac_octets(mac::firewall) + be16(0) + be16(0x8100) + be16(10) + be16(0x0800);
    CHECK(describe(judge(policy + "vlans = [10]\n", {tagged.relink(linktype::linux_sll, cooked_tag)}).judgements[0]) == unexpected);
}

}  // namespace sw::craft
