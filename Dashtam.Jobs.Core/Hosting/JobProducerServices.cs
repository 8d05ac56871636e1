using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Queue.Results;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>Lets a program enqueue jobs and wait for their results, without running any.</summary>
public static class JobProducerServices
{
    /// <summary>
    /// Registers <see cref="IJobProducer"/> and <see cref="IJobResults"/>, once per program. <c>REDIS_URL</c>, <c>JOBS_QUEUE_NAME</c> and the other settings
    /// come from the program's configuration (<see cref="IConfiguration"/>, as a host has it) and are checked when it starts;
    /// the connection is opened then, so the host must have started before the first enqueue.
    /// </summary>
    public static IServiceCollection AddJobProducer(this IServiceCollection services) =>
        services.AddProducer(new LocalMode(EmbedsRedis: false, EmbedsDatabase: false, RedisPort: 0));
}
