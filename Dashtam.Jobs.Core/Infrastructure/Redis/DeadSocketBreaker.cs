using StackExchange.Redis;
using StackExchange.Redis.Availability;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>
/// Ends a connection over which a command was not answered by its deadline, or over which a server said that it is a replica
/// now: a new one finds out what is there. The library by itself waits for four deadlines before it gives a silent socket up,
/// and keeps one to a demoted primary.
/// </summary>
internal sealed class DeadSocketBreaker : CircuitBreaker
{
    public override Accumulator CreateAccumulator() => new Observed();

    private sealed class Observed : Accumulator
    {
        private volatile bool _dead;

        public override void ObserveResult(in FaultContext fault)
        {
            if (IsFailure(fault))
            {
                _dead = true;
            }
        }

        public override bool IsHealthy() => !_dead;

        public override void Reset() => _dead = false;

        protected override bool IsFailure(in FaultContext fault) =>
            fault.IsFault && fault.ErrorKind is RedisErrorKind.Timeout or RedisErrorKind.ReadOnly;
    }
}
