# Completes qpfs in bash. tests/install/test_manual.py compares the names with qpfs --help.

# Prints where qpfs is mounted. Asks the kernel alone, and no mount.
_qpfs_mounts()
{
    local device target type rest
    while IFS=' ' read -r device target type rest; do
        [[ $type == fuse.qpfs ]] && printf '%b\n' "${target//\\/\\0}"
    done </proc/self/mounts
}

# What may stand behind -o, where $1 stands already.
_qpfs_options()
{
    local options='user_id= organizations= departments= api_key_file= env= api_url= cacert=
        client_cert= client_cert_key= proxy= communities= empty_lists= cache_ttl= stale_if_error=
        timeout= per_page= parallel= rate= max_calls= allowance= reserve= delay_connect show_exports
        one_list show_organization_users replace_dead uid= gid= umask= allow_other allow_root fsname= config='
    local option=${1##*,}
    local before=${1%"$option"} name=${option%%=*} value=${option#*=} word
    compopt -o nospace
    if [[ $option != *=* ]]; then
        for word in $options; do
            [[ $word == "$option"* && ",$before" != *",${word%=}"[=,]* ]] &&
                COMPREPLY+=("$before$word")
        done
        return
    fi
    case $name in
        api_key_file | cacert | client_cert | client_cert_key | config)
            cur=$value
            _filedir
            ;;
        env)
            COMPREPLY=($(compgen -W 'com eu ca sg au ae sa ksa' -- "$value"))
            ;;
        communities | delay_connect | show_exports | one_list | show_organization_users | replace_dead | allow_other | allow_root)
            COMPREPLY=($(compgen -W 'yes no' -- "$value"))
            ;;
    esac
    COMPREPLY=("${COMPREPLY[@]/#/"$before$name="}")
}

_qpfs()
{
    local switches='-f -d -o --demo --check --status --watch --json --metrics --record --compare
        -h --help -V --version'
    local cur prev words cword typed breaks= cut=
    COMPREPLY=()
    _get_comp_words_by_ref -n =: cur prev words cword
    typed=$cur
    if [[ $prev == -o ]]; then
        _qpfs_options "$cur"
    elif [[ $cur == -o* ]]; then
        _qpfs_options "${cur#-o}"
        COMPREPLY=("${COMPREPLY[@]/#/-o}")
    elif [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$switches" -- "$cur"))
        return
    elif [[ $prev != --record && " ${words[*]} " == *" --status "* ]]; then
        local IFS=$'\n'
        compopt -o filenames
        COMPREPLY=($(compgen -W '$(_qpfs_mounts)' -- "$cur"))
        return
    else
        _filedir -d
        return
    fi
    # readline replaces what stands behind the last = or : alone.
    [[ $COMP_WORDBREAKS == *=* ]] && breaks+='='
    [[ $COMP_WORDBREAKS == *:* ]] && breaks+=':'
    [[ $breaks ]] && cut=${typed%"${typed##*[$breaks]}"}
    COMPREPLY=("${COMPREPLY[@]#"$cut"}")
} &&
    complete -F _qpfs qpfs
