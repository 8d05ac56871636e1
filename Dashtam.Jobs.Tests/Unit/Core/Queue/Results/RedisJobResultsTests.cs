using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Results;
using Dashtam.Jobs.Core.Queues;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Options;
using NSubstitute;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Unit.Core.Queue.Results;

/// <summary>What a real Redis does at no certain time.</summary>
[Category("Unit")]
[CancelAfter(30_000)]
internal sealed class RedisJobResultsTests : IRedisConnections
{
    private readonly IDatabase _redis = Substitute.For<IDatabase>();

    public IDatabase Queue => _redis;

    public IDatabase Waiting => _redis;

    public IDatabase Notices => _redis;

    public BlockingRedis OpenBlocking(RedisKey key, TimeSpan deadline) => throw new NotSupportedException();

    private RedisJobResults Results
    {
        get
        {
            var queues = new FakeQueues(this, Options.Create(new QueueOptions()), TimeProvider.System);
            return new RedisJobResults(queues.Default, queues, TimeProvider.System);
        }
    }

    [Test]
    public async Task A_Redis_that_goes_and_comes_is_waited_for()
    {
        var result = JobResult.Success(new JobSummary(1, 1, 0), TimeSpan.Zero, JobLabels.Empty).ToUtf8();
        _redis.StringGetAsync(new RedisKey("taskiq:result:one")).Returns(
            _ => throw new RedisConnectionException(ConnectionFailureType.SocketClosed, CommandFlags.None, "gone", innerException: null, CommandStatus.Sent), _ => (RedisValue)result);

        var reply = await Results.WaitAsync("one", TimeSpan.FromSeconds(20), CancellationToken.None);

        Assert.That(reply.IsSuccess, Is.True);
    }

    [Test]
    public void A_Redis_that_hangs_ends_the_wait_at_its_timeout_and_is_named()
    {
        _redis.StringGetAsync(Arg.Any<RedisKey>()).Returns(new TaskCompletionSource<RedisValue>().Task);

        Assert.That(
            () => Results.WaitAsync("one", TimeSpan.FromMilliseconds(30), CancellationToken.None),
            Throws.TypeOf<JobResultTimeoutException>().With.Message.Contains("Redis did not answer"));
    }

    [Test]
    public async Task A_wait_may_be_as_long_as_one_likes()
    {
        var result = JobResult.Success(new JobSummary(1, 1, 0), TimeSpan.Zero, JobLabels.Empty).ToUtf8();
        _redis.StringGetAsync(new RedisKey("taskiq:result:one")).Returns((RedisValue)result);

        var reply = await Results.WaitAsync("one", TimeSpan.MaxValue, CancellationToken.None);

        Assert.That(reply.IsSuccess, Is.True);
    }

    [Test]
    public void A_Redis_that_is_away_is_said_by_a_single_look()
    {
        _redis.StringGetAsync(Arg.Any<RedisKey>()).Returns<RedisValue>(
            _ => throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, "away", innerException: null, CommandStatus.WaitingToBeSent));

        Assert.That(
            () => Results.FindAsync("one", CancellationToken.None),
            Throws.TypeOf<JobResultException>().With.Message.EqualTo("The result of job one cannot be read: away."));
    }
}
