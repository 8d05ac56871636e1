using Dashtam.Jobs.Core.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Hosting;

[Category("Unit")]
internal sealed class StartOrderTests
{
    [Test]
    public async Task The_web_server_starts_before_what_was_registered_before_it()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddHostedService<Other>();
        builder.Host.ConfigureContainer<IServiceCollection>((_, services) => services.StartServerFirst());
        await using var app = builder.Build();

        var order = app.Services.GetServices<IHostedService>().Select(service => service.GetType().Name);

        Assert.That(order, Is.EqualTo(["GenericWebHostService", nameof(Other)]));
    }

    [Test]
    public void A_web_server_that_is_called_otherwise_is_not_passed_over_in_silence() =>
        Assert.That(() => new ServiceCollection().StartServerFirst(), Throws.InvalidOperationException);

    private sealed class Other : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
