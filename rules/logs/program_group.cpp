#include "rules/logs/program_group.hpp"

#include <array>

namespace sw {
namespace {

using namespace program_group;

struct Named {
    std::string_view name;
    ProgramGroups groups;
};

constexpr std::array named{
    Named{"sshd", sshd},
    Named{"sshd-session", sshd},
    Named{"sshd-auth", sshd},
    Named{"dropbear", sshd},
    Named{"su", login},
    Named{"sudo", login | sudo},
    Named{"doas", login | sudo},
    Named{"login", login},
    Named{"systemd", systemd},
    Named{"systemd-logind", systemd | login},
    Named{"CRON", cron | login},
    Named{"cron", cron | login},
    Named{"crond", cron | login},
    Named{"/usr/sbin/cron", cron | login},
    Named{"anacron", cron | login},
    Named{"atd", login},
    Named{"dovecot", dovecot | mail},
    Named{"sendmail", sendmail | mail},
    Named{"sm-mta", sendmail | mail},
    Named{"sm-msp-queue", sendmail | mail},
    Named{"exim", exim | mail},
    Named{"exim4", exim | mail},
    Named{"smtpd", mail},  // OpenSMTPD
    Named{"opendkim", mail},
    Named{"opendmarc", mail},
    Named{"amavis", mail},
    Named{"spamd", mail},
    Named{"rspamd", mail},
    Named{"postgrey", mail},
    Named{"policyd-spf", mail},
    Named{"chronyd", clock},
    Named{"ntpd", clock},
    Named{"systemd-timesyncd", clock},
};

}  // namespace

/// Postfix has one program a duty, and each of its instances a name of its own: postfix/smtpd, postfix-out/smtp.
ProgramGroups groups_of(std::string_view program) {
    if (program.starts_with("postfix") && program.find('/') != std::string_view::npos) return postfix | mail;
    for (const Named& n : named)
        if (n.name == program) return n.groups;
    return 0;
}

}  // namespace sw
