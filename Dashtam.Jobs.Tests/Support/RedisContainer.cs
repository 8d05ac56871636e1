using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A Redis in a container, on a host port that stays the same when it is started again.</summary>
internal sealed class RedisContainer : OwnRedis
{
    private const int RedisPort = 6379;
    private readonly IContainer _container;

    public RedisContainer(IReadOnlyList<string> serverArguments)
        : base(LocalCommand.FreePort()) =>
        _container = new ContainerBuilder(RedisSources.Image)
            .WithPortBinding(Port, RedisPort)
            .WithLabel(DockerEngine.RunLabel, DockerEngine.Run)
            .WithCommand(["redis-server", "--save", "", .. serverArguments])
            .WithLogger(NullLogger.Instance)
            .Build();

    public override async Task StartAsync()
    {
        await _container.StartAsync();
        await WaitUntilItAnswersAsync();
    }

    public override Task StopAsync() => _container.StopAsync();

    public override Task KillAsync() => DockerEngine.KillContainerAsync(_container.Id);

    public override Task FreezeAsync() => _container.PauseAsync();

    public override Task ThawAsync() => _container.UnpauseAsync();

    protected override Task RemoveAsync() => _container.DisposeAsync().AsTask();
}
