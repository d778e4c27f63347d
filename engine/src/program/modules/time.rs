//! time: clocks and sleep, asked from the driver.

use std::rc::Rc;

use super::{NativeModule, put};
use crate::program::builtins::args::arity;
use crate::program::exceptions::{raise, type_error, value_error};
use crate::program::host::{Clock, HostAnswer, HostCall};
use crate::program::types::native_class;
use crate::program::value::func::Native;
use crate::program::value::object::Base;
use crate::program::value::{Args, Module, Payload, Value};
use crate::program::vm::control::ask;
use crate::program::vm::{Res, Vm};

/// The module.
pub const MODULE: NativeModule = NativeModule {
    name: "time",
    functions: FUNCTIONS,
    init,
};

static FUNCTIONS: &[Native] = &[
    Native::function("time", |_, a| clock(&a, "time", Clock::Realtime, false)),
    Native::function("time_ns", |_, a| clock(&a, "time_ns", Clock::Realtime, true)),
    Native::function("monotonic", |_, a| {
        clock(&a, "monotonic", Clock::Monotonic, false)
    }),
    Native::function("monotonic_ns", |_, a| {
        clock(&a, "monotonic_ns", Clock::Monotonic, true)
    }),
    Native::function("perf_counter", |_, a| {
        clock(&a, "perf_counter", Clock::Monotonic, false)
    }),
    Native::function("perf_counter_ns", |_, a| {
        clock(&a, "perf_counter_ns", Clock::Monotonic, true)
    }),
    Native::function("process_time", |_, a| {
        clock(&a, "process_time", Clock::Process, false)
    }),
    Native::function("process_time_ns", |_, a| {
        clock(&a, "process_time_ns", Clock::Process, true)
    }),
    Native::function("thread_time", |_, a| {
        clock(&a, "thread_time", Clock::Process, false)
    }),
    Native::function("clock_gettime", |vm, a| {
        arity(&a, "clock_gettime", 0, 1, 1)?;
        let which = which(vm, &a.all[0])?;
        clock(&Args::positional(&[]), "clock_gettime", which, false)
    }),
    Native::function("clock_gettime_ns", |vm, a| {
        arity(&a, "clock_gettime_ns", 0, 1, 1)?;
        let which = which(vm, &a.all[0])?;
        clock(&Args::positional(&[]), "clock_gettime_ns", which, true)
    }),
    Native::function("sleep", sleep),
    Native::function("gmtime", |vm, a| broken_down(vm, &a, "gmtime")),
    Native::function("localtime", |vm, a| broken_down(vm, &a, "localtime")),
    Native::function("ctime", |vm, a| {
        with_seconds(vm, &a, "ctime", |_, t| Ok(Value::str(asctime(&fields(t)))))
    }),
    Native::function("asctime", |vm, a| match a.pos().first() {
        None => with_seconds(vm, &a, "asctime", |_, t| Ok(Value::str(asctime(&fields(t))))),
        Some(v) => {
            let f = struct_fields(vm, v)?;
            Ok(Value::str(asctime(&f)))
        }
    }),
    Native::function("strftime", strftime),
    Native::function("mktime", |vm, a| {
        arity(&a, "mktime", 0, 1, 1)?;
        let f = struct_fields(vm, &a.all[0])?;
        Ok(Value::Float(seconds(&f) as f64))
    }),
    Native::function("get_clock_info", |_, _| Ok(Value::None)),
];

fn init(_: &mut Vm, m: &Rc<Module>) -> Res<()> {
    put(m, "timezone", 0);
    put(m, "altzone", 0);
    put(m, "daylight", 0);
    put(
        m,
        "tzname",
        Value::tuple(vec![Value::str("UTC"), Value::str("UTC")]),
    );
    put(m, "CLOCK_REALTIME", 0);
    put(m, "CLOCK_MONOTONIC", 1);
    put(m, "CLOCK_PROCESS_CPUTIME_ID", 2);
    put(m, "CLOCK_THREAD_CPUTIME_ID", 3);
    put(m, "CLOCK_MONOTONIC_RAW", 4);
    put(m, "CLOCK_BOOTTIME", 7);
    put(m, "struct_time", Value::Class(struct_time()));
    Ok(())
}

fn which(vm: &mut Vm, v: &Value) -> Res<Clock> {
    match vm.int_arg(v)? {
        0 | 5 => Ok(Clock::Realtime),
        1 | 4 | 6 | 7 => Ok(Clock::Monotonic),
        2 | 3 => Ok(Clock::Process),
        _ => Err(crate::program::exceptions::throw(
            crate::program::exceptions::os_error(22),
        )),
    }
}

fn clock(a: &Args<'_>, name: &str, which: Clock, nanos: bool) -> Res<Value> {
    arity(a, name, 0, 0, 0)?;
    ask(
        HostCall::Clock(which),
        |_, state, answer| {
            let HostAnswer::Nanos(n) = answer else {
                return Ok(Value::Float(0.0));
            };
            Ok(if matches!(state[0], Value::Bool(true)) {
                Value::Int(n)
            } else {
                Value::Float(n as f64 * 1e-9)
            })
        },
        vec![Value::Bool(nanos)],
    )
}

/// Seconds of a timeout: not negative, not NaN.
fn sleep(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "time.sleep", 0, 1, 1)?;
    let v = &a.all[0];
    let seconds = match v.inner() {
        Value::Float(x) => *x,
        _ => match crate::program::vm::operator::to_f64(v) {
            Some(x) => x,
            None => vm.int_arg(v)? as f64,
        },
    };
    if seconds.is_nan() {
        return value_error("Invalid value NaN (not a number)");
    }
    if seconds < 0.0 {
        return value_error("sleep length must be non-negative");
    }
    if seconds > 9.2e9 {
        return Err(raise(
            "OverflowError",
            "timestamp too large to convert to C _PyTime_t",
        ));
    }
    ask(
        HostCall::Sleep {
            seconds,
            api: "sleep",
        },
        |_, _, _| Ok(Value::None),
        Vec::new(),
    )
}

/// Year, month, day, hour, minute, second, weekday (Monday 0), day of the year, in UTC.
type Fields = [i64; 9];

fn fields(t: i64) -> Fields {
    let days = t.div_euclid(86_400);
    let rest = t.rem_euclid(86_400);
    // Days since 0000-03-01 in the proleptic Gregorian calendar.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][(month - 1) as usize];
    let yday = before + day + i64::from(leap && month > 2);
    [
        year,
        month,
        day,
        rest / 3600,
        rest / 60 % 60,
        rest % 60,
        (days + 3).rem_euclid(7),
        yday,
        0,
    ]
}

fn seconds(f: &Fields) -> i64 {
    let (mut y, m) = (f[0], f[1]);
    if m <= 2 {
        y -= 1;
    }
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + f[2] - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    (era * 146_097 + doe - 719_468) * 86_400 + f[3] * 3600 + f[4] * 60 + f[5]
}

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn asctime(f: &Fields) -> String {
    let day = DAYS[f[6].rem_euclid(7) as usize];
    let month = MONTHS[(f[1] - 1).rem_euclid(12) as usize];
    format!(
        "{} {} {:2} {:02}:{:02}:{:02} {}",
        &day[..3],
        &month[..3],
        f[2],
        f[3],
        f[4],
        f[5],
        f[0]
    )
}

/// Goes on with the seconds given, or with now.
fn with_seconds(vm: &mut Vm, a: &Args<'_>, name: &str, then: fn(&mut Vm, i64) -> Res<Value>) -> Res<Value> {
    arity(a, name, 0, 0, 1)?;
    match a.pos().first() {
        None | Some(Value::None) => {
            // The continuation must be a plain function: which one is kept as a number.
            let code = if name == "gmtime" || name == "localtime" {
                0
            } else {
                1
            };
            ask(
                HostCall::Clock(Clock::Realtime),
                |vm, state, answer| {
                    let HostAnswer::Nanos(n) = answer else {
                        return Ok(Value::None);
                    };
                    let t = n.div_euclid(1_000_000_000);
                    if matches!(state[0], Value::Int(0)) {
                        Ok(make_struct(vm, &fields(t)))
                    } else {
                        Ok(Value::str(asctime(&fields(t))))
                    }
                },
                vec![Value::Int(code)],
            )
        }
        Some(v) => {
            let x = vm.float_arg(v)?;
            if !x.is_finite() || x.abs() > 6.0e16 {
                return Err(raise(
                    "OverflowError",
                    "timestamp out of range for platform time_t",
                ));
            }
            then(vm, x.floor() as i64)
        }
    }
}

fn broken_down(vm: &mut Vm, a: &Args<'_>, name: &str) -> Res<Value> {
    with_seconds(vm, a, name, |vm, t| Ok(make_struct(vm, &fields(t))))
}

static STRUCT: &[Native] = &[
    Native::constructor(|vm, a| {
        arity(&a, "struct_time", 1, 1, 2)?;
        let f = struct_fields(vm, &a.all[1])?;
        Ok(make_struct(vm, &f))
    }),
    Native::getter("tm_year", |_, a| field(&a, 0)),
    Native::getter("tm_mon", |_, a| field(&a, 1)),
    Native::getter("tm_mday", |_, a| field(&a, 2)),
    Native::getter("tm_hour", |_, a| field(&a, 3)),
    Native::getter("tm_min", |_, a| field(&a, 4)),
    Native::getter("tm_sec", |_, a| field(&a, 5)),
    Native::getter("tm_wday", |_, a| field(&a, 6)),
    Native::getter("tm_yday", |_, a| field(&a, 7)),
    Native::getter("tm_isdst", |_, a| field(&a, 8)),
    Native::getter("tm_zone", |_, _| Ok(Value::str("UTC"))),
    Native::getter("tm_gmtoff", |_, _| Ok(Value::Int(0))),
];

fn struct_time() -> Rc<crate::program::value::Class> {
    native_class(
        "time",
        "struct_time",
        Base::Tuple,
        &[crate::program::types::types().get(Base::Tuple).clone()],
        STRUCT,
    )
}

fn make_struct(vm: &mut Vm, f: &Fields) -> Value {
    vm.instance(
        &struct_time(),
        Payload::Value(Value::tuple(f.iter().map(|n| Value::Int(*n)).collect())),
    )
}

fn field(a: &Args<'_>, i: usize) -> Res<Value> {
    match a.all[0].inner() {
        Value::Tuple(t) => Ok(t.get(i).cloned().unwrap_or(Value::None)),
        _ => Ok(Value::None),
    }
}

fn struct_fields(vm: &mut Vm, v: &Value) -> Res<Fields> {
    let Value::Tuple(t) = v.inner() else {
        return type_error("Tuple or struct_time argument required");
    };
    if t.len() != 9 {
        return type_error(
            "function takes exactly 9 arguments (".to_owned() + &t.len().to_string() + " given)",
        );
    }
    let mut f = [0; 9];
    for (i, v) in t.iter().enumerate() {
        f[i] = vm.int_arg(v)?;
    }
    Ok(f)
}

fn strftime(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "strftime", 0, 1, 2)?;
    let Some(format) = a.all[0].as_str() else {
        return type_error("strftime() argument 1 must be str");
    };
    match a.pos().get(1) {
        Some(v) => {
            let f = struct_fields(vm, v)?;
            Ok(Value::str(format_time(format, &f)))
        }
        None => ask(
            HostCall::Clock(Clock::Realtime),
            |_, state, answer| {
                let HostAnswer::Nanos(n) = answer else {
                    return Ok(Value::None);
                };
                Ok(Value::str(format_time(
                    state[0].as_str().unwrap_or(""),
                    &fields(n.div_euclid(1_000_000_000)),
                )))
            },
            vec![a.all[0].clone()],
        ),
    }
}

/// strftime(3) in the C locale, UTC.
pub fn format_time(format: &str, f: &[i64; 9]) -> String {
    let mut out = String::new();
    let mut it = format.chars();
    while let Some(c) = it.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let hour12 = if f[3] % 12 == 0 { 12 } else { f[3] % 12 };
        let day = DAYS[f[6].rem_euclid(7) as usize];
        let month = MONTHS[(f[1] - 1).rem_euclid(12) as usize];
        match it.next() {
            Some('Y') => out.push_str(&f[0].to_string()),
            Some('y') => out.push_str(&format!("{:02}", f[0].rem_euclid(100))),
            Some('m') => out.push_str(&format!("{:02}", f[1])),
            Some('d') => out.push_str(&format!("{:02}", f[2])),
            Some('e') => out.push_str(&format!("{:2}", f[2])),
            Some('H') => out.push_str(&format!("{:02}", f[3])),
            Some('I') => out.push_str(&format!("{hour12:02}")),
            Some('M') => out.push_str(&format!("{:02}", f[4])),
            Some('S') => out.push_str(&format!("{:02}", f[5])),
            Some('p') => out.push_str(if f[3] < 12 { "AM" } else { "PM" }),
            Some('a') => out.push_str(&day[..3]),
            Some('A') => out.push_str(day),
            Some('b' | 'h') => out.push_str(&month[..3]),
            Some('B') => out.push_str(month),
            Some('j') => out.push_str(&format!("{:03}", f[7])),
            Some('w') => out.push_str(&((f[6] + 1) % 7).to_string()),
            Some('u') => out.push_str(&(f[6] + 1).to_string()),
            Some('Z') => out.push_str("UTC"),
            Some('z') => out.push_str("+0000"),
            Some('c') => out.push_str(&asctime(f)),
            Some('x' | 'D') => out.push_str(&format!("{:02}/{:02}/{:02}", f[1], f[2], f[0].rem_euclid(100))),
            Some('X' | 'T') => out.push_str(&format!("{:02}:{:02}:{:02}", f[3], f[4], f[5])),
            Some('F') => out.push_str(&format!("{}-{:02}-{:02}", f[0], f[1], f[2])),
            Some('R') => out.push_str(&format!("{:02}:{:02}", f[3], f[4])),
            Some('s') => out.push_str(&seconds(f).to_string()),
            Some('U') => out.push_str(&format!("{:02}", (f[7] + 6 - (f[6] + 1) % 7) / 7)),
            Some('W') => out.push_str(&format!("{:02}", (f[7] + 6 - f[6]) / 7)),
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('%') => out.push('%'),
            Some(other) => {
                out.push('%');
                out.push(other);
            }
            None => out.push('%'),
        }
    }
    out
}
