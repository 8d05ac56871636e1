using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Scheduler.Firing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>The queues of a scheduler that has no Redis.</summary>
internal static class FakeFiring
{
    /// <summary>One queue, whose Redis is connected to.</summary>
    public static FiringQueue Queue(ClockStep clock, TimeProvider time, string name = "dashtam:jobs")
    {
        var rights = new AclGate();
        rights.Open();
        return new FiringQueue(name, rights, clock, new Freshness(time)) { IsConnected = () => true };
    }

    /// <summary>That one queue and no other.</summary>
    public static FiringQueues Only(ClockStep clock, TimeProvider time) => new(Queue(clock, time));

    /// <summary>Looks for schedules that were moved, of those given.</summary>
    public static MovedSchedules Moved(FiringQueues queues, IScheduleLedger ledger, params IReadOnlyList<FiringSchedule> schedules) =>
        new(new ScheduleCatalog(schedules), queues, ledger, NullLogger<MovedSchedules>.Instance);
}
