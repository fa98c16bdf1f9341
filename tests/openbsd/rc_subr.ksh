# A double of rc.subr(8): the conventions that our scripts rely on, and nothing else. Instead of starting, asking or ending anything it
# says what would be done. $RC_CONF holds what rc.conf.local(8) would: NAME_flags="...", NAME_user= ..., and so on.
[ -n "${daemon}" ] || { echo "daemon is not set"; exit 1; }
_name=${0##*/}
_check_name() { case ${1} in [!_a-zA-Z]* | *[!_a-zA-Z0-9]*) return 1 ;; esac; }
_check_name "${_name}" || { echo "${_name}: bad name"; exit 1; }

# Defaults, which a script may change behind this line.
rc_reload=YES
rc_usercheck=YES
rc_bg=NO
rc_reload_signal=HUP
rc_stop_signal=TERM
rc_configtest() { :; }
rc_pre() { :; }
rc_post() { :; }
ifconfig() { echo "ifconfig $*"; }

for _variable in flags user logger timeout class; do
	eval "_value=\$(. ${RC_CONF:-/dev/null}; echo \"\${${_name}_${_variable}-\${daemon_${_variable}}}\")"
	eval "daemon_${_variable}=\${_value}"
done
[ -n "${daemon_user}" ] || daemon_user=root
pexp="${daemon}${daemon_flags:+ ${daemon_flags}}"

_failed() { echo "${_name}(failed)"; exit 1; }
_start() {
	rc_pre || _failed
	echo "start as ${daemon_user} bg ${rc_bg} log ${daemon_logger}: ${daemon} ${daemon_flags}"
}
_stop() {
	echo "${rc_stop_signal} to: ${pexp}"
	rc_post
}

rc_cmd() {
	case ${1} in
	check) echo "look for: ${pexp}" ;;
	configtest) rc_configtest || _failed ;;
	start)
		rc_configtest || _failed
		_start
		;;
	stop) _stop ;;
	reload)
		[ "${rc_reload}" = YES ] || { echo "${_name}: reload is not supported"; exit 1; }
		rc_configtest || _failed
		echo "${rc_reload_signal} to: ${pexp}"
		;;
	restart)
		rc_configtest || _failed
		_stop
		_start
		;;
	*) echo "usage: ${_name} check|configtest|reload|restart|start|stop"; exit 1 ;;
	esac
}
