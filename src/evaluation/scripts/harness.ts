/**
 * What stands between Python and a user's code, run as `python -c`. Told the source and the folder in the first line, it takes
 * away what the system lets it take away, for good, and then grades a line at a time. Of a failure it tells the type and the
 * line of the source, never a message, which may quote data.
 */
export const harness = String.raw`
import json, math, os, resource, sys, traceback

settings = json.loads(sys.stdin.readline())
folder = os.path.realpath(settings["folder"])
memory = settings["memoryBytes"]
answers = os.fdopen(os.dup(1), "w")
nothing = os.open(os.devnull, os.O_RDWR)
os.dup2(nothing, 1)
os.dup2(nothing, 2)
libraries = {os.path.realpath(p) for p in [sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path] if p and os.path.isdir(p)}
libraries.discard(folder)
libraries.discard("/")
readable = [p for p in [*libraries, "/lib", "/lib64", "/usr/lib", "/usr/share/zoneinfo", "/etc/ld.so.cache", os.devnull, "/dev/urandom"] if os.path.exists(p)]


def say(answer):
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def limit(name, value):
    kind = getattr(resource, name, None)
    if kind is None:
        return
    try:
        _, hard = resource.getrlimit(kind)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bound, bound))
    except (ValueError, OSError):
        pass  # A system without this limit.


def landlock():
    """Linux: files are read below the libraries and written below the folder; no TCP and no signals. True when that holds."""
    try:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        version = libc.syscall(444, None, 0, 1)
        if version < 1:
            return False
        files = (1 << 13) - 1
        files |= (1 << 13 if version >= 2 else 0) | (1 << 14 if version >= 3 else 0)
        net = 3 if version >= 4 else 0

        class Ruleset(ctypes.Structure):
            _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]

        class Below(ctypes.Structure):
            _pack_ = 1
            _layout_ = "ms"
            _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]

        scoped = 3 if version >= 6 else 0
        size = 24 if version >= 6 else 16 if version >= 4 else 8
        rules = libc.syscall(444, ctypes.byref(Ruleset(files, net, scoped)), size, 0)
        if rules < 0:
            return False
        read_file, read_both = 1 << 2, (1 << 2) | (1 << 3)
        for path in [folder, *readable]:
            allowed = files & ~1 if path == folder else read_both if os.path.isdir(path) else read_file
            at = os.open(path, os.O_PATH | os.O_CLOEXEC)
            failed = libc.syscall(445, rules, 1, ctypes.byref(Below(allowed, at)), 0)
            os.close(at)
            if failed:
                return False
        return libc.prctl(38, 1, 0, 0, 0) == 0 and libc.syscall(446, rules, 0) == 0
    except (ImportError, OSError, AttributeError):
        return False


def allowed_file(path, flags):
    if isinstance(path, int):
        return True
    real = os.path.realpath(os.fsdecode(path))
    if real == folder or real.startswith(folder + os.sep):
        return True
    writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    return not writes and any(real == one or real.startswith(one + os.sep) for one in readable)


forbidden = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.kill", "pty.", "ctypes.")
changes = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "shutil.")
looks = ("os.listdir", "os.scandir")
checking = False


def watch(event, args):
    global checking
    if checking:
        return
    if event.startswith(forbidden):
        raise PermissionError(event + " is not for graders")
    if locked:
        return
    checking = True
    try:
        flags = args[2] or 0 if event == "open" else os.O_RDWR if event.startswith(changes) else 0
        asks = event == "open" or event.startswith(changes) or event in looks
        if asks and args and not allowed_file(args[0] if args[0] is not None else ".", flags):
            raise PermissionError("graders read and write in their own folder")
    finally:
        checking = False


def where(error):
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "grader"]
    if isinstance(error, SyntaxError) and error.filename == "grader":
        lines.append(error.lineno)
    return type(error).__name__ + (" in line %d of the source" % lines[-1] if lines else "")


def number(grade):
    if isinstance(grade, bool) or not isinstance(grade, (int, float)):
        try:
            grade = float(grade) if not isinstance(grade, (str, bytes)) else None
        except (TypeError, ValueError):
            grade = None
    if grade is None:
        return {"error": "grade gave no number"}
    return {"score": float(grade)} if math.isfinite(grade) else {"error": "grade gave no finite number"}


limit("RLIMIT_AS", memory)
limit("RLIMIT_FSIZE", settings["fileBytes"])
limit("RLIMIT_NOFILE", 64)
limit("RLIMIT_CORE", 0)
# Before the bound on processes: a start of one would be one of them.
locked = settings["landlock"] and landlock()
limit("RLIMIT_NPROC", 0)
sys.addaudithook(watch)


def cpu_seconds(seconds):
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))


scope = {"__name__": "grader"}
try:
    cpu_seconds(settings["cpuSeconds"])
    exec(compile(settings["source"], "grader", "exec"), scope)
    grade = scope["grade"]
    say({"ready": True})
except BaseException as error:
    say({"broken": where(error)})
    sys.exit(0)

for line in sys.stdin:
    try:
        cpu_seconds(settings["cpuSeconds"])
        given = json.loads(line)
        say(number(grade(given["sample"], given["item"])))
    except BaseException as error:
        say({"error": where(error)})
`;
