"""A day of one yard camera, made on the spot and worked through before your eyes.

run.run(settings, folder, console)     the journey
imitated                               a provider imitated on loopback, for the journey
scenes                                 the yard: pictures from a seed
sheet                                  the contact sheet
leash                                  holds the worker; a program of its own, light to start
"""
