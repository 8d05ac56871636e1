using System.Globalization;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>The run's Garnet, for a test that asks for a Redis of its own: nobody may stop or configure it.</summary>
internal sealed class SharedGarnet : OwnRedis
{
    public SharedGarnet(TestRedis garnet, IReadOnlyCollection<string> serverArguments)
        : base(int.Parse(garnet.ConnectionString.Split(':')[^1], CultureInfo.InvariantCulture))
    {
        if (serverArguments.Count > 0)
        {
            throw Shared;
        }
    }

    private static IgnoreException Shared => new("Garnet: it is in this process, and other tests use it. Say [NotOnGarnet]");

    public override Task StartAsync() => throw Shared;

    public override Task StopAsync() => throw Shared;

    public override Task KillAsync() => throw Shared;

    public override Task FreezeAsync() => throw Shared;

    public override Task ThawAsync() => throw Shared;

    protected override Task RemoveAsync() => Task.CompletedTask;
}
