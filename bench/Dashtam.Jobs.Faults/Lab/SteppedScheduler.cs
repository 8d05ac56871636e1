using System.Globalization;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Faults.Load;
using Dashtam.Jobs.Scheduler;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Faults.Lab;

/// <summary>
/// The scheduler's real process, with a wall clock that can be stepped while it runs, and with one schedule more:
/// <see cref="EveryInstant"/>. (Under <c>libfaketime</c> 0.9.10 the
/// runtime's own timed waits return at once: an idle scheduler used 40 % of a core, and stood still for seconds under load.)
/// </summary>
internal static class SteppedScheduler
{
    /// <summary>This program's argument that starts it.</summary>
    public const string Verb = "scheduler";

    /// <summary>The environment variable with the path of the file that says by how many seconds its clock is off.</summary>
    public const string ClockFile = "FAULTS_CLOCK_FILE";

    /// <summary>The environment variable that says how many times faster than time its durations and timers run: a whole number.</summary>
    public const string ClockSpeed = "FAULTS_CLOCK_SPEED";

    public static Task<int> RunAsync() => HostRunner.RunAsync(() => SchedulerHost.Build(
        new SteppedTime(Environment.GetEnvironmentVariable(ClockFile) ?? "", Speed),
        services => services.Replace(ServiceDescriptor.Singleton(provider => new JobCatalog(
            EveryInstant.WithTheOthers(),
            provider.GetRequiredService<IConfiguration>(),
            provider.GetRequiredService<ILogger<JobCatalog>>())))));

    private static int Speed => int.Parse(Environment.GetEnvironmentVariable(ClockSpeed) ?? "1", CultureInfo.InvariantCulture);

    /// <summary>
    /// Only the wall clock steps; durations and timers go on. At a speed of ten a minute's wait takes six seconds, and the wall clock,
    /// which must agree with Redis', goes as ever.
    /// </summary>
    private sealed class SteppedTime(string path, int speed) : TimeProvider
    {
        private const long ReadEveryMs = 20;

        private long _readAt = -ReadEveryMs;
        private long _offset;

        public override DateTimeOffset GetUtcNow()
        {
            var now = Environment.TickCount64;
            if (now - Volatile.Read(ref _readAt) >= ReadEveryMs)
            {
                Volatile.Write(ref _offset, Read());
                Volatile.Write(ref _readAt, now);
            }

            return base.GetUtcNow().AddTicks(Volatile.Read(ref _offset));
        }

        public override long GetTimestamp() => base.GetTimestamp() * speed;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Hastened(dueTime), Hastened(period));

        private TimeSpan Hastened(TimeSpan wait) => wait == Timeout.InfiniteTimeSpan ? wait : wait / speed;

        private long Read() => File.Exists(path)
            ? TimeSpan.FromSeconds(double.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture)).Ticks
            : 0;
    }
}
