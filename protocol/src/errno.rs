//! Linux's errors: number, name, strerror(3) of glibc, and one plain sentence for learners.
//!
//! The numbers are those of x86-64 and arm64 Linux. A server on another system translates its own numbers to these, so
//! that a lesson reads the same everywhere.

/// (number, name, strerror, plain words; empty where none are needed for networks).
const TABLE: &[(i32, &str, &str, &str)] = &[
    (
        1,
        "EPERM",
        "Operation not permitted",
        "The kernel does not allow this operation.",
    ),
    (
        2,
        "ENOENT",
        "No such file or directory",
        "There is nothing by that name.",
    ),
    (3, "ESRCH", "No such process", ""),
    (
        4,
        "EINTR",
        "Interrupted system call",
        "The call was interrupted before it was done.",
    ),
    (5, "EIO", "Input/output error", "The device failed."),
    (6, "ENXIO", "No such device or address", ""),
    (7, "E2BIG", "Argument list too long", ""),
    (8, "ENOEXEC", "Exec format error", ""),
    (
        9,
        "EBADF",
        "Bad file descriptor",
        "This descriptor is closed, or was never open.",
    ),
    (10, "ECHILD", "No child processes", ""),
    (
        11,
        "EAGAIN",
        "Resource temporarily unavailable",
        "The call would have had to wait, and this socket may not wait.",
    ),
    (12, "ENOMEM", "Cannot allocate memory", ""),
    (
        13,
        "EACCES",
        "Permission denied",
        "You may not do this: a broadcast needs SO_BROADCAST, for example.",
    ),
    (14, "EFAULT", "Bad address", "An address in memory was wrong."),
    (15, "ENOTBLK", "Block device required", ""),
    (16, "EBUSY", "Device or resource busy", "It is in use."),
    (17, "EEXIST", "File exists", "It is there already."),
    (18, "EXDEV", "Invalid cross-device link", ""),
    (19, "ENODEV", "No such device", ""),
    (20, "ENOTDIR", "Not a directory", ""),
    (21, "EISDIR", "Is a directory", ""),
    (
        22,
        "EINVAL",
        "Invalid argument",
        "The kernel does not take this argument, or not in this state of the socket.",
    ),
    (23, "ENFILE", "Too many open files in system", ""),
    (
        24,
        "EMFILE",
        "Too many open files",
        "Too many descriptors are open.",
    ),
    (25, "ENOTTY", "Inappropriate ioctl for device", ""),
    (26, "ETXTBSY", "Text file busy", ""),
    (27, "EFBIG", "File too large", ""),
    (28, "ENOSPC", "No space left on device", ""),
    (29, "ESPIPE", "Illegal seek", ""),
    (30, "EROFS", "Read-only file system", ""),
    (31, "EMLINK", "Too many links", ""),
    (
        32,
        "EPIPE",
        "Broken pipe",
        "You sent on a connection that can carry nothing more in this direction.",
    ),
    (
        33,
        "EDOM",
        "Numerical argument out of domain",
        "A number is out of range.",
    ),
    (34, "ERANGE", "Numerical result out of range", ""),
    (35, "EDEADLK", "Resource deadlock avoided", ""),
    (36, "ENAMETOOLONG", "File name too long", "The name is too long."),
    (37, "ENOLCK", "No locks available", ""),
    (38, "ENOSYS", "Function not implemented", ""),
    (39, "ENOTEMPTY", "Directory not empty", ""),
    (40, "ELOOP", "Too many levels of symbolic links", ""),
    (42, "ENOMSG", "No message of desired type", ""),
    (43, "EIDRM", "Identifier removed", ""),
    (44, "ECHRNG", "Channel number out of range", ""),
    (45, "EL2NSYNC", "Level 2 not synchronized", ""),
    (46, "EL3HLT", "Level 3 halted", ""),
    (47, "EL3RST", "Level 3 reset", ""),
    (48, "ELNRNG", "Link number out of range", ""),
    (49, "EUNATCH", "Protocol driver not attached", ""),
    (50, "ENOCSI", "No CSI structure available", ""),
    (51, "EL2HLT", "Level 2 halted", ""),
    (52, "EBADE", "Invalid exchange", ""),
    (53, "EBADR", "Invalid request descriptor", ""),
    (54, "EXFULL", "Exchange full", ""),
    (55, "ENOANO", "No anode", ""),
    (56, "EBADRQC", "Invalid request code", ""),
    (57, "EBADSLT", "Invalid slot", ""),
    (59, "EBFONT", "Bad font file format", ""),
    (60, "ENOSTR", "Device not a stream", ""),
    (61, "ENODATA", "No data available", ""),
    (62, "ETIME", "Timer expired", ""),
    (63, "ENOSR", "Out of streams resources", ""),
    (64, "ENONET", "Machine is not on the network", ""),
    (65, "ENOPKG", "Package not installed", ""),
    (66, "EREMOTE", "Object is remote", ""),
    (67, "ENOLINK", "Link has been severed", ""),
    (68, "EADV", "Advertise error", ""),
    (69, "ESRMNT", "Srmount error", ""),
    (70, "ECOMM", "Communication error on send", ""),
    (71, "EPROTO", "Protocol error", ""),
    (72, "EMULTIHOP", "Multihop attempted", ""),
    (73, "EDOTDOT", "RFS specific error", ""),
    (74, "EBADMSG", "Bad message", ""),
    (75, "EOVERFLOW", "Value too large for defined data type", ""),
    (76, "ENOTUNIQ", "Name not unique on network", ""),
    (77, "EBADFD", "File descriptor in bad state", ""),
    (78, "EREMCHG", "Remote address changed", ""),
    (79, "ELIBACC", "Can not access a needed shared library", ""),
    (80, "ELIBBAD", "Accessing a corrupted shared library", ""),
    (81, "ELIBSCN", ".lib section in a.out corrupted", ""),
    (
        82,
        "ELIBMAX",
        "Attempting to link in too many shared libraries",
        "",
    ),
    (83, "ELIBEXEC", "Cannot exec a shared library directly", ""),
    (
        84,
        "EILSEQ",
        "Invalid or incomplete multibyte or wide character",
        "",
    ),
    (85, "ERESTART", "Interrupted system call should be restarted", ""),
    (86, "ESTRPIPE", "Streams pipe error", ""),
    (87, "EUSERS", "Too many users", ""),
    (
        88,
        "ENOTSOCK",
        "Socket operation on non-socket",
        "This descriptor is not a socket.",
    ),
    (
        89,
        "EDESTADDRREQ",
        "Destination address required",
        "The socket has no peer, and the call named no destination.",
    ),
    (
        90,
        "EMSGSIZE",
        "Message too long",
        "The datagram is larger than one packet of this protocol can be.",
    ),
    (
        91,
        "EPROTOTYPE",
        "Protocol wrong type for socket",
        "This protocol does not fit this type of socket.",
    ),
    (
        92,
        "ENOPROTOOPT",
        "Protocol not available",
        "This protocol has no such option.",
    ),
    (
        93,
        "EPROTONOSUPPORT",
        "Protocol not supported",
        "This family and type have no such protocol.",
    ),
    (
        94,
        "ESOCKTNOSUPPORT",
        "Socket type not supported",
        "This family has no such type of socket.",
    ),
    (
        95,
        "EOPNOTSUPP",
        "Operation not supported",
        "This type of socket has no such operation.",
    ),
    (96, "EPFNOSUPPORT", "Protocol family not supported", ""),
    (
        97,
        "EAFNOSUPPORT",
        "Address family not supported by protocol",
        "This address family is not available, or the address is of another family than the socket.",
    ),
    (
        98,
        "EADDRINUSE",
        "Address already in use",
        "Another socket has this address and port already, or the kernel still keeps it for a connection that was just closed.",
    ),
    (
        99,
        "EADDRNOTAVAIL",
        "Cannot assign requested address",
        "No interface of this host has that address.",
    ),
    (100, "ENETDOWN", "Network is down", "The network is down."),
    (
        101,
        "ENETUNREACH",
        "Network is unreachable",
        "There is no route to that network: a lab has no way out.",
    ),
    (102, "ENETRESET", "Network dropped connection on reset", ""),
    (
        103,
        "ECONNABORTED",
        "Software caused connection abort",
        "The connection was given up by this host's own kernel.",
    ),
    (
        104,
        "ECONNRESET",
        "Connection reset by peer",
        "The peer's kernel has thrown the connection away (RST).",
    ),
    (
        105,
        "ENOBUFS",
        "No buffer space available",
        "The kernel has no buffer space left.",
    ),
    (
        106,
        "EISCONN",
        "Transport endpoint is already connected",
        "This socket is connected already.",
    ),
    (
        107,
        "ENOTCONN",
        "Transport endpoint is not connected",
        "This socket is not connected.",
    ),
    (
        108,
        "ESHUTDOWN",
        "Cannot send after transport endpoint shutdown",
        "",
    ),
    (109, "ETOOMANYREFS", "Too many references: cannot splice", ""),
    (
        110,
        "ETIMEDOUT",
        "Connection timed out",
        "The peer's kernel did not answer in time.",
    ),
    (
        111,
        "ECONNREFUSED",
        "Connection refused",
        "Nothing listens on that address and port.",
    ),
    (112, "EHOSTDOWN", "Host is down", ""),
    (
        113,
        "EHOSTUNREACH",
        "No route to host",
        "That host cannot be reached.",
    ),
    (
        114,
        "EALREADY",
        "Operation already in progress",
        "An earlier attempt on this socket is not finished yet.",
    ),
    (
        115,
        "EINPROGRESS",
        "Operation now in progress",
        "The connection is being opened; the call did not wait for it.",
    ),
    (116, "ESTALE", "Stale file handle", ""),
    (117, "EUCLEAN", "Structure needs cleaning", ""),
    (118, "ENOTNAM", "Not a XENIX named type file", ""),
    (119, "ENAVAIL", "No XENIX semaphores available", ""),
    (120, "EISNAM", "Is a named type file", ""),
    (121, "EREMOTEIO", "Remote I/O error", ""),
    (122, "EDQUOT", "Disk quota exceeded", ""),
    (123, "ENOMEDIUM", "No medium found", ""),
    (124, "EMEDIUMTYPE", "Wrong medium type", ""),
    (125, "ECANCELED", "Operation canceled", "The call was withdrawn."),
    (126, "ENOKEY", "Required key not available", ""),
    (127, "EKEYEXPIRED", "Key has expired", ""),
    (128, "EKEYREVOKED", "Key has been revoked", ""),
    (129, "EKEYREJECTED", "Key was rejected by service", ""),
    (130, "EOWNERDEAD", "Owner died", ""),
    (131, "ENOTRECOVERABLE", "State not recoverable", ""),
    (132, "ERFKILL", "Operation not possible due to RF-kill", ""),
];

fn row(errno: i32) -> Option<&'static (i32, &'static str, &'static str, &'static str)> {
    TABLE.iter().find(|row| row.0 == errno)
}

/// `ECONNREFUSED` for 111; `None` for a number that Linux does not use.
pub fn name(errno: i32) -> Option<&'static str> {
    row(errno).map(|row| row.1)
}

/// glibc's strerror(3): `Connection refused` for 111.
pub fn strerror(errno: i32) -> String {
    row(errno).map_or_else(|| format!("Unknown error {errno}"), |row| row.2.to_owned())
}

/// What it means, in one sentence for learners.
pub fn plain(errno: i32) -> Option<&'static str> {
    row(errno).map(|row| row.3).filter(|words| !words.is_empty())
}

/// 111 for `ECONNREFUSED`, also under the second names that Linux has.
pub fn number(name: &str) -> Option<i32> {
    let name = match name {
        "EWOULDBLOCK" => "EAGAIN",
        "EDEADLOCK" => "EDEADLK",
        "ENOTSUP" => "EOPNOTSUPP",
        other => other,
    };
    TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
}

/// All of them, for Python's `errno` module: number and name.
pub fn all() -> impl Iterator<Item = (i32, &'static str)> {
    TABLE.iter().map(|row| (row.0, row.1))
}

/// getaddrinfo's EAI_* codes (negative, as glibc's) and their gai_strerror(3).
pub const EAI: &[(i32, &str, &str)] = &[
    (-1, "EAI_BADFLAGS", "Bad value for ai_flags"),
    (-2, "EAI_NONAME", "Name or service not known"),
    (-3, "EAI_AGAIN", "Temporary failure in name resolution"),
    (-4, "EAI_FAIL", "Non-recoverable failure in name resolution"),
    (-5, "EAI_NODATA", "No address associated with hostname"),
    (-6, "EAI_FAMILY", "ai_family not supported"),
    (-7, "EAI_SOCKTYPE", "ai_socktype not supported"),
    (-8, "EAI_SERVICE", "Servname not supported for ai_socktype"),
    (-9, "EAI_ADDRFAMILY", "Address family for hostname not supported"),
    (-10, "EAI_MEMORY", "Memory allocation failure"),
    (-11, "EAI_SYSTEM", "System error"),
    (-12, "EAI_OVERFLOW", "Result too large for supplied buffer"),
];

/// gai_strerror(3).
pub fn gai_strerror(code: i32) -> &'static str {
    EAI.iter()
        .find(|row| row.0 == code)
        .map_or("Unknown error", |row| row.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_agree() {
        assert_eq!(name(111), Some("ECONNREFUSED"));
        assert_eq!(strerror(98), "Address already in use");
        assert_eq!(number("EWOULDBLOCK"), Some(11));
        for (n, name) in all() {
            assert_eq!(number(name), Some(n));
        }
    }
}
