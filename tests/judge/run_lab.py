"""Runs the programs of a lab under the machine's own python3: the judge of `wirelab run`.

    python3 run_lab.py SCRIPT OUT SECONDS NAME=FILE...

SCRIPT is a script of `wirelab run --script`; each program's output goes to OUT/NAME.stdout and OUT/NAME.stderr, its
exit status to OUT/NAME.status (`running` if it had to be killed). Everything happens in a network namespace of its own
with only `lo` up, so that no port of the machine is touched; the caller enters it (`unshare --net`, or --user with it).
Before each line of the script, and never by a fixed sleep, the programs are left alone until all of them are quiet: the
kernel says of each that it sleeps in a system call, and says the same again a little later.
"""

import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time


def lo_up():
    """Brings `lo` up in this namespace (SIOCGIFFLAGS, SIOCSIFFLAGS), and lets everybody bind low ports."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(s, 0x8913, request))[1]
        fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))


class Program:
    def __init__(self, name, path, out):
        self.name, self.path, self.out, self.process = name, path, out, None

    def start(self, args):
        directory, file = os.path.split(os.path.abspath(self.path))
        self.process = subprocess.Popen(
            [sys.executable, "-u", file, *args],
            cwd=directory,
            stdin=subprocess.PIPE,
            stdout=open(f"{self.out}/{self.name}.stdout", "wb"),
            stderr=open(f"{self.out}/{self.name}.stderr", "wb"),
            # Whoever started the judge may ignore SIGINT; the programs must not.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
        )

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def look(self):
        """What its threads are doing: None while one of them runs."""
        seen = []
        try:
            for task in sorted(os.listdir(f"/proc/{self.process.pid}/task")):
                base = f"/proc/{self.process.pid}/task/{task}"
                with open(f"{base}/stat") as f:
                    fields = f.read().rsplit(")", 1)[1].split()
                if fields[0] not in "SZ":
                    return None
                with open(f"{base}/syscall") as f:
                    seen.append((task, fields[11], fields[12], f.read()))
        except (FileNotFoundError, ProcessLookupError):
            pass
        return seen


def settle(programs, until):
    """Waits until all programs sleep in the same system calls in three looks; false if that takes too long."""
    same, before = 0, None
    while time.monotonic() < until:
        looks = [(p.name, p.look()) for p in programs if p.alive()]
        if any(look is None for _, look in looks) or looks != before:
            same, before = 0, looks
        else:
            same += 1
            if same >= 3:
                return True
        time.sleep(0.02)
    return False


def main():
    script, out, seconds, *files = sys.argv[1:]
    lo_up()
    try:
        # A name that the namespace can resolve by itself, for programs that ask gethostname().
        socket.sethostname("localhost")
    except PermissionError:
        pass
    os.makedirs(out, exist_ok=True)
    programs = {}
    for entry in files:
        name, path = entry.split("=", 1)
        programs[name] = Program(name, path, out)
    until = time.monotonic() + float(seconds)
    with open(script, encoding="utf-8") as f:
        lines = [json.loads(line) for line in f if line.strip() and not line.startswith("#")]
    for verb, *words in lines:
        settle(programs.values(), until)
        if verb == "sleep":
            time.sleep(words[0])
            continue
        program = programs[words[0]]
        try:
            if verb == "start":
                program.start(words[1:])
            elif verb == "type":
                program.process.stdin.write((words[1] + "\n").encode())
                program.process.stdin.flush()
            elif verb == "eof":
                program.process.stdin.close()
            elif verb == "interrupt" and program.alive():
                program.process.send_signal(signal.SIGINT)
            elif verb == "wait":
                program.process.wait(min(words[1], max(0, until - time.monotonic())))
        except (BrokenPipeError, subprocess.TimeoutExpired):
            pass
    for program in programs.values():
        status = "not started"
        if program.process is not None:
            try:
                status = program.process.wait(max(0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                program.process.kill()
                program.process.wait()
                status = "running"
        with open(f"{out}/{program.name}.status", "w") as f:
            f.write(str(status))


main()
