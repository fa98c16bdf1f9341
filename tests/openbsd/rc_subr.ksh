# A double of rc.subr(8): the conventions that our scripts rely on, and nothing else. Instead of starting anything it says
# what would be started.
[ -n "${daemon}" ] || { echo "daemon is not set"; exit 1; }
rc_reload=YES
rc_bg=NO
rc_configtest() { :; }
rc_pre() { :; }
_name=${0##*/}
pexp="${daemon}${daemon_flags:+ ${daemon_flags}}"
ifconfig() { echo "ifconfig $*"; }

rc_cmd() {
	case ${1} in
	start)
		rc_configtest || { echo "${_name}(failed)"; exit 1; }
		rc_pre || { echo "${_name}(failed)"; exit 1; }
		echo "start as ${daemon_user} bg ${rc_bg} log ${daemon_logger}: ${daemon} ${daemon_flags}"
		;;
	reload)
		[ "${rc_reload}" = YES ] || exit 1
		rc_configtest || { echo "${_name}(failed)"; exit 1; }
		echo "HUP to: ${pexp}"
		;;
	configtest) rc_configtest || exit 1 ;;
	*) echo "usage: ${_name} check|configtest|reload|restart|start|stop"; exit 1 ;;
	esac
}
